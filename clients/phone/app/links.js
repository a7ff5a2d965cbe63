/**
 * The links that lead in: #/invite/TOKEN, #/desk/TICKET, #/check/CALL/CODE. What is secret is out of the address at once, before the
 * router or anybody else has seen it.
 */
import {session} from './session.js';

const LINK = /^#\/(invite|desk|check)\/([^/]+)(?:\/([^/]+))?$/;

/** @param {string} text a link, or a bare `#/…` @returns {{kind: string, first: string, second: string} | null} */
export function readLink(text) {
  const found = LINK.exec(text.slice(Math.max(0, text.indexOf('#'))).trim());
  return found && {kind: found[1], first: decodeURIComponent(found[2]), second: decodeURIComponent(found[3] ?? '')};
}

/** The page that a link leads to. @param {{kind: string, first: string, second: string}} link */
export function pageOf({kind, first, second}) {
  if (kind === 'desk') return `/pages/desk/desk?ticket=${encodeURIComponent(first)}`;
  if (kind === 'check') return `/pages/call/call?id=${encodeURIComponent(first)}&code=${encodeURIComponent(second)}`;
  return '/pages/grid/grid';
}

/** Where one wanted to go before one had to sign in. */
let wanted = '';

/** @returns {string} the page, once */
export function takeWanted() {
  const page = wanted;
  wanted = '';
  return page;
}

/** Begins: by the link in the address, or as who one was; the first page is chosen before there is a router. */
export function begin() {
  // #ifdef H5
  const link = readLink(location.hash);
  if (link) {
    const page = pageOf(link);
    history.replaceState(history.state, '', `#${page === '/pages/grid/grid' ? '/' : page}`);
    if (link.kind === 'invite') session.logIn({token: link.first});
    else if (!session.start()) wanted = page;
  } else session.start();
  if (session.state.phase === 'signed-out') history.replaceState(history.state, '', '#/pages/enter/enter');
  addEventListener('hashchange', () => readLink(location.hash) && location.reload());
  // #endif
  // #ifndef H5
  session.start();
  // #endif
}
