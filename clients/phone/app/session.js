/** The one session of the app. Screens read `me` and ask through `ask`. */
import {shallowRef} from 'vue';
import {createSession} from '../../core/session.js';
import {openBrowserSocket} from '../../core/socket.js';
import {forgetOwn, storage} from './storage.js';
// #ifndef H5
import {openWechatSocket} from './socket.js';
import {HUB} from './hub.js';
// #endif

// #ifdef H5
const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/`;
const openSocket = openBrowserSocket;
const device = (/(iPhone|iPad|Android|Windows|Macintosh|Linux)/.exec(navigator.userAgent)?.[1] ?? 'browser').slice(0, 40);
// #endif
// #ifndef H5
const url = HUB;
const openSocket = openWechatSocket;
const device = (wx.getDeviceInfo?.().model ?? 'WeChat').slice(0, 40);
// #endif

export const session = createSession({url, openSocket, storage, device});

/** What the session knows of oneself and of the connection; replaced at each change. */
export const me = shallowRef(session.state);
/** What waits for a network. */
export const outbox = shallowRef(session.outbox.items);
session.on(() => {
  me.value = session.state;
  outbox.value = session.outbox.items;
});

/** There is somebody, with or without a network. */
export function isIn() {
  return ['online', 'offline'].includes(me.value.phase) || (me.value.phase === 'connecting' && me.value.person !== '');
}

/** WeChat lets one in by what wx.login gives, which is good once. */
export function enterByWechat() {
  session.logIn({
    device,
    wechat: () => new Promise((resolve, reject) => {
      uni.login({provider: 'weixin', success: ({code}) => resolve(code), fail: reject});
    }),
  });
}

/** Leaves nothing behind on the device. */
export function signOut() {
  session.logOut();
  forgetOwn();
}

// #ifdef H5
/** A hand that was away: the phone slept, or there was no network. */
addEventListener('online', () => session.wake());
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && session.wake());
// #endif
