/** The cards of core, as the components show them: with what is said about times, and what one may do. */
import {say, sayLeft, sayTime} from './language.js';
import {session} from './session.js';

/**
 * @param {import('../../core/views/card.js').Card & {mine: any}} card
 * @param {{number: number, state: string} | undefined} [answer] to one's sign-up, until the chain itself has said so
 */
export function shownCall(card, answer) {
  const open = card.state === 'OPEN' && !card.overdue;
  return {
    ...card,
    mine: card.mine ?? (answer ? {...answer, pending: null} : null),
    when: card.starts_ms ? sayTime(card.starts_ms) : '',
    until: say('call.until', {time: sayTime(card.deadline_ms), left: sayLeft(card.deadline_ms)}),
    over: card.state !== 'OPEN' ? say(`call.${card.state}`) : card.overdue ? say('call.overdue') : '',
    may_join: open && session.can('chain_join', card.place),
  };
}

/** Whether signing up takes more than a tap. @param {import('../../core/generated/frame.pb.js').Call | undefined} call */
export function asksFirst(call) {
  return Boolean(call && (call.slots.length > 0 || call.questions.some(({required}) => required)));
}
