/**
 * Messages to who has the mini-program closed. WeChat asks the person, and only in a tap; each yes is good for one message, which the hub
 * counts (proto/README.md, By way of WeChat).
 */
// #ifndef H5
import {session} from './session.js';

/** @type {Promise<string> | null} the template there is; '' if the hub sends none */
let template = null;
let id = '';

/** Asked beforehand, for in the tap there is no time. */
export function prepareToBeTold() {
  template ??= session.ask('subscribe_tell', {accepted: []}).then((result) => (id = result.template));
  template.catch(() => {
    template = null;
  });
}
// #endif

/** In a tap: may we tell you? A no costs nothing but the message. @returns {Promise<void>} */
export async function askToBeTold() {
  // #ifndef H5
  if (!id) return;
  try {
    const answer = await new Promise((resolve, reject) => {
      wx.requestSubscribeMessage({tmplIds: [id], success: resolve, fail: reject});
    });
    if (answer[id] === 'accept') await session.ask('subscribe_tell', {accepted: [id]});
  } catch {
    // not told then; the call itself is seen in the list
  }
  // #endif
}
