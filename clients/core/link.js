/**
 * One connection after the other: opens it, notices that it is dead, and comes back when the protocol says so (the table of close codes in
 * proto/README.md). It knows nothing of what is said on it.
 */

const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 5000;
/** After what says that this client is at fault: it would only be told the same again. */
const FAULT_PAUSE_MS = 30000;
const LOADING_PAUSE_MS = 1000;
const OPEN_PATIENCE_MS = 15000;

export const CODE = {NORMAL: 1000, GOES: 1001, LOST: 1006, TAKEN_OVER: 1012, LOADING: 1013, RIGHTS: 4013, REVOKED: 4014, LOCKED: 4015};
const FAULTS = [1003, 1007, 1009, 4010, 4012];

/**
 * @param {{code: number, reason: string}} end
 * @param {number} failures in a row, this one left out
 * @param {() => number} random
 */
export function pauseAfter({code, reason}, failures, random) {
	const spread = /spread=(\d+)/.exec(reason);
	if (failures === 0 && spread) return Number(spread[1]) * random();
	const doubled = Math.min(FIRST_PAUSE_MS * 2 ** failures, LAST_PAUSE_MS) * (0.5 + random()); // each give or take a half
	if (FAULTS.includes(code)) return FAULT_PAUSE_MS * (0.5 + random());
	return code === CODE.LOADING ? Math.max(LOADING_PAUSE_MS * (0.5 + random()), doubled) : doubled;
}

/**
 * @typedef {object} LinkOptions
 * @property {string} url
 * @property {import('./socket.js').OpenSocket} openSocket
 * @property {() => number} now
 * @property {() => number} random
 * @property {(call: () => void, ms: number) => () => void} setTimer gives what cancels it
 * @property {() => void} onopen
 * @property {(bytes: Uint8Array) => void} onmessage
 * @property {(end: {code: number, reason: string}) => void} ondown may call stop(); otherwise it comes back by itself
 */

/** @param {LinkOptions} options */
export function createLink({url, openSocket, now, random, setTimer, onopen, onmessage, ondown}) {
	/** @type {import('./socket.js').Socket | null} */
	let socket = null;
	let isOpen = false;
	let isWanted = false;
	let failures = 0;
	let heard_ms = 0;
	let silence_ms = OPEN_PATIENCE_MS;
	let cancelPause = () => {};
	let cancelWatch = () => {};

	/** What an earlier socket still says is heard by nobody. @param {{code: number, reason: string}} end */
	function ended(end) {
		socket = null;
		isOpen = false;
		cancelWatch();
		ondown(end);
		if (isWanted && !socket) {
			const pause = pauseAfter(end, failures++, random);
			cancelPause();
			cancelPause = setTimer(open, pause);
		}
	}

	/** Closes without waiting for the other side, which may be gone. @param {{code: number, reason: string}} end */
	function abandon(end) {
		const old = socket;
		socket = null;
		try {
			old?.close(CODE.NORMAL);
		} catch {
			// it is closed already
		}
		ended(end);
	}

	function watch() {
		cancelWatch();
		cancelWatch = setTimer(() => {
			if (now() - heard_ms >= silence_ms) abandon({code: CODE.LOST, reason: 'silence'});
			else watch();
		}, Math.max(heard_ms + silence_ms - now(), 1));
	}

	function open() {
		cancelPause();
		if (socket) return;
		heard_ms = now();
		isOpen = false;
		const mine = (socket = openSocket(url, {
			onopen() {
				if (socket !== mine) return;
				isOpen = true;
				heard_ms = now();
				onopen();
			},
			onmessage(bytes) {
				if (socket !== mine) return;
				heard_ms = now();
				onmessage(bytes);
			},
			onclose(end) {
				if (socket === mine) ended(end);
			},
		}));
		silence_ms = OPEN_PATIENCE_MS;
		watch();
	}

	return {
		get isOpen() {
			return isOpen;
		},
		get heard_ms() {
			return heard_ms;
		},
		start() {
			isWanted = true;
			open();
		},
		/** Closed, and not to come back by itself. */
		stop() {
			isWanted = false;
			cancelPause();
			if (socket) abandon({code: CODE.NORMAL, reason: ''});
		},
		/** The hub has let one in: the next loss is a first one; silence of so long is a dead connection. @param {number} ms */
		settled(ms) {
			failures = 0;
			silence_ms = ms;
			watch();
		},
		/** How long nothing may be heard, for a while. @param {number} ms */
		bePatient(ms) {
			silence_ms = ms;
			watch();
		},
		/** A reason to look: the app is shown again, or there is a network again. */
		wake() {
			if (!isWanted) return;
			failures = 0;
			if (!socket) open();
			else if (now() - heard_ms > silence_ms / 2) again();
		},
		again,
		/** @param {Uint8Array} bytes */
		send(bytes) {
			if (isOpen) socket?.send(bytes);
		},
	};

	/** A new connection at once. */
	function again() {
		failures = 0;
		if (socket) abandon({code: CODE.NORMAL, reason: ''});
		if (isWanted) open();
	}
}
