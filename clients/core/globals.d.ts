/** All that the core takes of its surroundings: a browser, a mini-program and node have these. */
declare function setTimeout(call: () => void, ms: number): unknown;
declare function clearTimeout(timer: unknown): void;

interface WebSocketLike {
	binaryType: string;
	readyState: number;
	onopen: (() => void) | null;
	onmessage: ((event: {data: ArrayBuffer}) => void) | null;
	onclose: ((event: {code: number; reason: string}) => void) | null;
	send(bytes: Uint8Array): void;
	close(code?: number): void;
}
declare var WebSocket: {new (url: string, protocols: string[]): WebSocketLike};
