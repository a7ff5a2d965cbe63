/**
 * What carries frames. `openSocket(url, handlers)` is all that a platform gives to a session: here the browser's, the mini-program's in
 * clients/phone. It offers the subprotocol, without which the hub refuses.
 *
 * @typedef {object} SocketHandlers
 * @property {() => void} onopen
 * @property {(bytes: Uint8Array) => void} onmessage a whole binary message
 * @property {(end: {code: number, reason: string}) => void} onclose once, also when it could not be opened (code 1006)
 *
 * @typedef {object} Socket
 * @property {(bytes: Uint8Array) => void} send only between onopen and onclose
 * @property {(code?: number) => void} close
 *
 * @typedef {(url: string, handlers: SocketHandlers) => Socket} OpenSocket
 */

export const SUBPROTOCOL = 'gridvanguard.v1';

/** @type {OpenSocket} */
export function openBrowserSocket(url, {onopen, onmessage, onclose}) {
	const socket = new WebSocket(url, [SUBPROTOCOL]);
	socket.binaryType = 'arraybuffer';
	socket.onopen = onopen;
	socket.onmessage = ({data}) => onmessage(new Uint8Array(data));
	socket.onclose = ({code, reason}) => onclose({code, reason});
	return {
		send: (bytes) => socket.send(bytes),
		close: (code) => socket.close(code),
	};
}
