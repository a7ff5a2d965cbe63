/**
 * What was asked and has no answer yet. Each is sent again on the next connection, or when the hub was busy, under the same `once`,
 * until it is answered.
 */
import {uuid7, uuidTime} from './bytes.js';
import {FRAME_MAX_BYTES, FRAME_MAX_REQUESTS, encodeFrame} from './frame.js';
import {Refusal} from './refusal.js';
import {statusName} from './status.js';
import {CHANGES} from './verbs.js';

const UNDER_WAY_MAX = 64;
const AGAIN_MS = 50;
/** The hub takes no `once` that is further ahead of its clock. */
const ONCE_AHEAD_MS = 4 * 60000;

/**
 * @typedef {object} Ask
 * @property {number} id
 * @property {string} verb
 * @property {any} body
 * @property {string} why
 * @property {Uint8Array | undefined} once
 * @property {Uint8Array} bytes
 * @property {boolean} sent on this connection
 * @property {boolean} wasSent on any: it may have been done
 * @property {number} notBefore_ms
 * @property {number} until_ms it is given up then if it was never sent
 * @property {(result: any) => void} onanswer
 * @property {(refusal: Refusal) => void} onrefusal
 */

/**
 * @param {object} options
 * @param {() => number} options.now
 * @param {() => number} options.hubNow
 * @param {() => number} options.random
 */
export function createAsks({now, hubNow, random}) {
	/** @type {Map<number, Ask>} */
	const asks = new Map();
	let lastId = 0;
	let heldUntil_ms = 0;

	/** @param {Ask} ask */
	function encode(ask) {
		ask.bytes = encodeFrame({requests: [{id: ask.id, once: ask.once, why: ask.why, [ask.verb]: ask.body}]});
	}

	/** @param {Ask} ask @param {import('./generated/frame.pb.js').Answer} answer */
	function refused(ask, answer) {
		const result = answer.result && answer[answer.result];
		const refusal = new Refusal(statusName(answer.status), answer.field, answer.retry_after_ms, ask.verb, result);
		if (refusal.mayPass) {
			ask.sent = false;
			ask.notBefore_ms = now() + Math.max(answer.retry_after_ms, AGAIN_MS);
			if (refusal.field === 'person') heldUntil_ms = ask.notBefore_ms; // over the budget: whatever is sent is
			return;
		}
		if (refusal.status === 'UNAUTHENTICATED' && refusal.field === '') {
			ask.sent = false; // it came behind a login that failed
			return;
		}
		if (refusal.field === 'once' && ask.once && uuidTime(ask.once) > hubNow() + ONCE_AHEAD_MS) {
			ask.once = uuid7(hubNow(), random); // made by a clock that was wrong, and so never run
			ask.sent = false;
			encode(ask);
			return;
		}
		asks.delete(ask.id);
		ask.onrefusal(refusal);
	}

	return {
		nextId: () => ++lastId,

		/**
		 * @param {string} verb
		 * @param {any} body
		 * @param {{why?: string, once?: Uint8Array, patience_ms?: number, onanswer: Ask['onanswer'], onrefusal: Ask['onrefusal']}} options
		 * `patience_ms`: how long it may wait for a connection before it was sent the first time
		 */
		add(verb, body, {why = '', once, patience_ms = Infinity, onanswer, onrefusal}) {
			const ask = {
				id: ++lastId, verb, body, why, once: once ?? (CHANGES.has(verb) ? uuid7(hubNow(), random) : undefined), bytes: new Uint8Array(0),
				sent: false, wasSent: false, notBefore_ms: 0, until_ms: now() + patience_ms, onanswer, onrefusal,
			};
			encode(ask);
			if (ask.bytes.length > FRAME_MAX_BYTES) onrefusal(new Refusal('BAD_REQUEST', 'size', 0, verb));
			else asks.set(ask.id, ask);
			return ask;
		},

		/** @param {import('./generated/frame.pb.js').Answer} answer */
		answer(answer) {
			const ask = asks.get(answer.id);
			if (!ask) return;
			if (statusName(answer.status) !== 'OK') return refused(ask, answer);
			asks.delete(ask.id);
			ask.onanswer(answer.result ? answer[answer.result] : {});
		},

		/**
		 * The next that may be sent, as one frame; they count as sent.
		 * @param {number} room bytes in that frame
		 * @param {number} besides requests that are under way or in the frame already
		 */
		take(room, besides) {
			let underWay = besides;
			for (const ask of asks.values()) underWay += ask.sent ? 1 : 0;
			/** @type {Uint8Array[]} */
			const pieces = [];
			for (const ask of asks.values()) {
				if (ask.sent || Math.max(ask.notBefore_ms, heldUntil_ms) > now()) continue;
				if (ask.bytes.length > room || underWay >= UNDER_WAY_MAX || pieces.length + besides >= FRAME_MAX_REQUESTS) break;
				ask.sent = ask.wasSent = true;
				pieces.push(ask.bytes);
				room -= ask.bytes.length;
				underWay++;
			}
			return pieces;
		},

		/** The connection is gone: all are to be sent again. */
		down() {
			for (const ask of asks.values()) ask.sent = false;
		},

		/** Gives up what waited too long for a connection. */
		expire() {
			for (const ask of [...asks.values()]) {
				if (ask.wasSent || ask.until_ms > now()) continue;
				asks.delete(ask.id);
				ask.onrefusal(new Refusal('OFFLINE', '', 0, ask.verb));
			}
		},

		/** When something is to be sent again or given up; Infinity: never. */
		get due_ms() {
			let due = Infinity;
			for (const ask of asks.values()) {
				if (ask.sent) continue;
				const again = Math.max(ask.notBefore_ms, heldUntil_ms);
				if (again > now()) due = Math.min(due, again);
				if (!ask.wasSent) due = Math.min(due, ask.until_ms);
			}
			return due;
		},

		/** @param {Ask} ask */
		forget(ask) {
			asks.delete(ask.id);
		},

		/** One has logged out. */
		clear() {
			const all = [...asks.values()];
			asks.clear();
			for (const ask of all) ask.onrefusal(new Refusal('SIGNED_OUT', '', 0, ask.verb));
		},
	};
}
