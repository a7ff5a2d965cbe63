/** All that a client takes of the core. */
export {createSession} from './session.js';
export {Refusal} from './refusal.js';
export {openBrowserSocket, SUBPROTOCOL} from './socket.js';
export {createGridView} from './views/grid.js';
export {createCallView} from './views/call.js';
export {createMineView} from './views/mine.js';
export {createBoardView} from './views/board.js';
export {createPostView} from './views/post.js';
export {createPendingView} from './views/pending.js';
export {createPasteView} from './views/paste.js';
export {createPlacesView} from './views/places.js';
export {language, say, sayAgo, sayLeft, sayMoment, sayRefusal, saySpan, setLanguage} from './text/say.js';
export {NamesShown, QuestionKind, MemberKind, Role} from './generated/frame.pb.js';
