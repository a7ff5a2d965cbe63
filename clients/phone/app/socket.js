/**
 * The mini-program's WebSocket, as core wants it (core/socket.js). WeChat takes and gives ArrayBuffers, and has no more than five
 * sockets at a time; a session has one.
 */
import {SUBPROTOCOL} from '../../core/socket.js';

/** @type {import('../../core/socket.js').OpenSocket} */
export function openWechatSocket(url, {onopen, onmessage, onclose}) {
  let ended = false;
  const end = (code, reason) => {
    if (ended) return;
    ended = true;
    onclose({code, reason});
  };
  const task = wx.connectSocket({url, protocols: [SUBPROTOCOL], tcpNoDelay: true, timeout: 15000, fail: () => end(1006, '')});
  task.onOpen(() => onopen());
  task.onMessage(({data}) => onmessage(new Uint8Array(data)));
  task.onError(() => end(1006, ''));
  task.onClose(({code, reason}) => end(code ?? 1006, reason ?? ''));
  return {
    // a view's buffer may be larger than the frame that is in it
    send: (bytes) => task.send({data: bytes.slice().buffer, fail: () => end(1006, '')}),
    close: (code = 1000) => task.close({code}),
  };
}
