/** Who waits in a place for a worker or secretary to decide. */
import {MemberKind, PendingWhat} from '../generated/frame.pb.js';
import {View} from './view.js';

/** @type {Record<number, string>} */
const WHAT = {
	[PendingWhat.PENDING_WHAT_REGISTER]: 'REGISTER',
	[PendingWhat.PENDING_WHAT_REBIND]: 'REBIND',
	[PendingWhat.PENDING_WHAT_MOVE]: 'MOVE',
	[PendingWhat.PENDING_WHAT_WORK]: 'WORK',
};

/**
 * @typedef {import('../generated/frame.pb.js').Pending} Pending
 * @typedef {Omit<Pending, 'what' | 'kind'> & {id: string, what: string, kind: 'MEMBER' | 'VOLUNTEER', deciding: boolean}} ShownPending what REGISTER, REBIND,
 *   MOVE, WORK
 * @typedef {object} PendingState
 * @property {ShownPending[]} pending those that have waited longest first
 */

/** @extends {View<PendingState>} */
class PendingView extends View {
	/** @param {import('../session.js').Session} session @param {string} place */
	constructor(session, place) {
		super(session, {pending: []});
		this.place = place;
		/** @type {Map<string, Pending>} */
		this.waiting = new Map();
		/** @type {Set<string>} */
		this.deciding = new Set();
	}

	async load() {
		/** @type {Map<string, Pending>} */
		const waiting = new Map();
		await this.pages('pending_list', {place: this.place, count: 50}, (result) => {
			for (const one of result.pending) waiting.set(idOf(one), one);
			return result.next || undefined;
		});
		this.waiting = waiting;
	}

	/** The hub tells nobody who begins to wait: it is looked up. */
	resume() {
		return this.load();
	}

	render() {
		const pending = [...this.waiting].map(([id, one]) => ({
			...one, id, what: WHAT[one.what] ?? '', kind: one.kind === MemberKind.MEMBER_KIND_VOLUNTEER ? /** @type {const} */ ('VOLUNTEER') : /** @type {const} */ ('MEMBER'),
			deciding: this.deciding.has(id),
		}));
		return {pending: pending.sort((a, b) => a.asked_ms - b.asked_ms)};
	}

	isEmpty() {
		return this.waiting.size === 0;
	}

	/** @param {string} id of the list @param {boolean} accept @param {string} [reason] told to who is refused */
	async decide(id, accept, reason = '') {
		const one = this.waiting.get(id);
		if (!one || this.deciding.has(id)) return;
		this.deciding.add(id);
		this.changed();
		try {
			await this.session.ask('pending_decide', {person: one.person, place: one.place, accept, reason, asked_ms: one.asked_ms, what: one.what});
			this.waiting.delete(id);
		} catch (refusal) {
			const status = /** @type {{status?: string}} */ (refusal).status;
			if (status === 'CHANGED' || status === 'NOT_FOUND') this.reload(); // somebody else has decided, or he asks for something else by now
			throw refusal;
		} finally {
			this.deciding.delete(id);
			this.changed();
		}
	}
}

/** @param {Pending} one */
function idOf({person, what}) {
	return `${person} ${what}`;
}

/** @param {import('../session.js').Session} session @param {string} place */
export function createPendingView(session, place) {
	return new PendingView(session, place);
}
