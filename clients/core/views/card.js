/**
 * A call as it is shown in lists.
 *
 * @typedef {object} Pending what waits in the outbox
 * @property {string} id
 * @property {string} verb
 * @property {'waiting' | 'sending' | 'refused'} state
 * @property {{status: string, field: string, verb: string} | null} refusal
 *
 * @typedef {object} Mine one's own line
 * @property {number} number 0: not in the chain yet
 * @property {string} state CONFIRMED, WAITING, OFFERED, or '' where it is not in the chain yet
 * @property {number} slot
 * @property {Pending | null} pending
 */
import {LineState, NamesShown} from '../generated/frame.pb.js';
import {callStateName, lineStateName} from '../status.js';

/** A call that lacks people so shortly before its deadline or its start is urgent. */
const URGENT_MS = 2 * 3600000;
const SAYS_URGENT = /紧急|急需|加急|【急】|urgent/i;

/**
 * The protocol marks no call as urgent: one is that says so in its title, or that lacks people with its deadline or its start within two
 * hours.
 * @param {import('../generated/frame.pb.js').Call} call
 * @param {number} missing
 * @param {number} now_ms
 */
export function isUrgent(call, missing, now_ms) {
	if (call.state !== 1 || call.deadline_ms < now_ms) return false;
	const soon = [call.deadline_ms, call.starts_ms].some((ms) => ms > now_ms && ms - now_ms <= URGENT_MS);
	return SAYS_URGENT.test(call.title) || (missing > 0 && soon);
}

/** Whether a line stands. @param {{state: number}} line */
export function isLive(line) {
	return line.state !== LineState.LINE_STATE_STRUCK && line.state !== LineState.LINE_STATE_UNSPECIFIED;
}

/**
 * @param {import('../generated/frame.pb.js').Call} call
 * @param {object} around
 * @param {number} around.now_ms the hub's clock
 * @param {string} around.person who looks
 * @param {(code: string) => string} around.nameOf a place
 */
export function cardOf(call, {now_ms, person, nameOf}) {
	const need = call.slots.length > 0 ? call.slots.reduce((sum, slot) => sum + slot.need, 0) : call.need;
	const isBounded = call.slots.length > 0 ? call.slots.every((slot) => slot.limit > 0) : call.limit > 0;
	const limit = !isBounded ? 0 : call.slots.length > 0 ? call.slots.reduce((sum, slot) => sum + slot.limit, 0) : call.limit;
	const missing = Math.max(0, need - call.confirmed);
	return {
		call: call.id, title: call.title, body: call.body, place: call.place, placeName: nameOf(call.place), meeting: call.meeting,
		starts_ms: call.starts_ms, ends_ms: call.ends_ms, deadline_ms: call.deadline_ms, posted_ms: call.posted_ms, need, limit,
		confirmed: call.confirmed, waiting: call.waiting, lines: call.lines, missing, urgent: isUrgent(call, missing, now_ms),
		overdue: call.deadline_ms < now_ms, full: limit > 0 && call.confirmed >= limit, state: callStateName(call.state),
		names: call.names === NamesShown.NAMES_SHOWN_FAMILY ? 'FAMILY' : call.names === NamesShown.NAMES_SHOWN_NONE ? 'NONE' : 'FULL',
		isMine: call.author === person,
	};
}

/** @typedef {ReturnType<typeof cardOf>} Card */

/** Urgent ones first, then by the deadline. @param {Card} a @param {Card} b */
export function byUrgency(a, b) {
	return Number(b.urgent) - Number(a.urgent) || a.deadline_ms - b.deadline_ms || (a.call < b.call ? -1 : 1);
}

/**
 * One's own line of a call with what waits in the outbox: the first that stands, or that is wanted.
 * @param {{number: number, state: number, slot: number}[]} lines one's own
 * @param {readonly import('../outbox.js').Item[]} items of the outbox
 * @param {string} call
 * @returns {Mine | null}
 */
export function mineOf(lines, items, call) {
	const waiting = items.filter(({verb, body}) => body.call === call && !body.name && !body.person && (verb !== 'chain_withdraw' || !body.number || lines.some(({number}) => number === body.number)));
	const last = waiting[waiting.length - 1];
	const pending = last ? {id: last.id, verb: last.verb, state: last.state, refusal: last.refusal} : null;
	const line = lines.find(isLive);
	if (line) return {number: line.number, state: lineStateName(line.state), slot: line.slot, pending};
	return pending ? {number: 0, state: '', slot: last.body.slot ?? 0, pending} : null;
}

/**
 * What a tally of that call alone says of it.
 * @param {import('../generated/frame.pb.js').Call} call @param {import('../generated/frame.pb.js').Tally} tally
 */
export function withTally(call, tally) {
	return {...call, confirmed: tally.confirmed, waiting: tally.waiting};
}
