/**
 * A chain that was copied from a WeChat group: what would be done with each entry; then its author has it done, entry by entry, each under a
 * `once` of its own.
 */
import {utf8Length} from '../bytes.js';
import {PasteAction, PasteReason} from '../generated/frame.pb.js';
import {Refusal} from '../refusal.js';
import {View} from './view.js';

const TEXT_MAX_BYTES = 15000;
/** So many are asked at once. */
const ABREAST = 8;

/** @param {Record<string, number>} values @param {string} prefix */
function names(values, prefix) {
	/** @type {Record<number, string>} */
	const found = {};
	for (const key of Object.keys(values)) found[values[key]] = key.slice(prefix.length);
	return found;
}
const ACTIONS = names(PasteAction, 'PASTE_ACTION_');
const REASONS = names(PasteReason, 'PASTE_REASON_');

/**
 * @typedef {import('../generated/frame.pb.js').PasteEntry} PasteEntry
 * @typedef {Omit<PasteEntry, 'action' | 'reason' | 'match'> & {action: string, reason: string, accept: boolean,
 *   done: '' | 'doing' | 'done' | 'refused', refusal: {status: string, field: string, verb: string} | null}} ShownEntry
 *   action ADD, PRESENT, DOUBTFUL, LEFT_OUT, WITHDRAW; reason AMBIGUOUS and so on, or UNSPECIFIED
 * @typedef {object} PasteState
 * @property {string} call whose chain it is
 * @property {string} title of the text
 * @property {string} callTitle
 * @property {boolean} otherTitle the text's title is not the call's: it may be another call that is meant
 * @property {number} copies
 * @property {number} skipped
 * @property {number} vanishing
 * @property {ShownEntry[]} entries
 * @property {boolean} previewing
 * @property {boolean} accepting
 * @property {{status: string, field: string, verb: string} | null} refused why the text was not taken
 */

/** @extends {View<PasteState>} */
class PasteView extends View {
	/** @param {import('../session.js').Session} session @param {string} call '' the one whose code stands in the text */
	constructor(session, call) {
		super(session, {call, title: '', callTitle: '', otherTitle: false, copies: 0, skipped: 0, vanishing: 0, entries: [], previewing: false, accepting: false, refused: null});
		this.given = call;
		this.slot = 0;
	}

	isEmpty() {
		return this.state.entries.length === 0;
	}

	/** Looks at a text; nothing is done yet. @param {string} text @param {number} [slot] where the call has slots */
	async preview(text, slot = 0) {
		this.slot = slot;
		this.store.set({previewing: true, refused: null, entries: []});
		/** @type {ShownEntry[]} */
		const entries = [];
		try {
			if (utf8Length(text) > TEXT_MAX_BYTES) throw new Refusal('BAD_REQUEST', 'text', 0, 'chat_preview');
			await this.pages('chat_preview', {call: this.given, text, slot, count: 200}, (result) => {
				for (const entry of result.entries) entries.push(shown(entry));
				const {call, title, call_title, other_title, copies, skipped, vanishing} = result;
				this.store.set({call, title, callTitle: call_title, otherTitle: other_title, copies, skipped, vanishing});
				return result.more ? result.entries[result.entries.length - 1]?.position : undefined;
			});
			this.store.set({entries});
		} catch (refusal) {
			if (!(refusal instanceof Refusal)) throw refusal;
			this.store.set({refused: {status: refusal.status, field: refusal.field, verb: refusal.verb}});
		} finally {
			this.store.set({previewing: false});
			this.changed();
		}
	}

	/** @param {number} position @param {Partial<ShownEntry>} patch */
	_mark(position, patch) {
		this.store.set({entries: this.state.entries.map((entry) => (entry.position === position ? {...entry, ...patch} : entry))});
	}

	/**
	 * What is to be done with a doubtful entry: who it is, its name, how many; or whether it is left out.
	 * @param {number} position @param {{accept?: boolean, person?: string, name?: string, people?: number}} choice
	 */
	choose(position, choice) {
		this._mark(position, choice);
	}

	/** Has all that is accepted done. What was refused stands with its reason, and may be tried again. */
	async accept() {
		if (this.state.accepting) return;
		this.store.set({accepting: true});
		const todo = this.state.entries.filter(({accept, done}) => accept && done !== 'done');
		const workers = Array.from({length: ABREAST}, async () => {
			for (let entry = todo.shift(); entry; entry = todo.shift()) await this._do(entry);
		});
		await Promise.all(workers);
		this.store.set({accepting: false});
	}

	/** @param {ShownEntry} entry */
	async _do({position, action, number, person, name, people, remark}) {
		this._mark(position, {done: 'doing', refusal: null});
		const {call} = this.state;
		try {
			if (action === 'WITHDRAW') await this.session.ask('chain_withdraw', {call, number});
			else await this.session.ask('chain_join', {call, slot: this.slot, people, remark, person, name: person ? '' : name});
			this._mark(position, {done: 'done'});
		} catch (refusal) {
			if (!(refusal instanceof Refusal)) throw refusal;
			const {status, field, verb} = refusal;
			if (status === 'ALREADY') this._mark(position, {done: 'done'});
			else this._mark(position, {done: 'refused', refusal: {status, field, verb}});
		}
	}
}

/** @param {PasteEntry} entry @returns {ShownEntry} */
function shown(entry) {
	const {match, ...others} = entry;
	void match;
	const action = ACTIONS[entry.action];
	return {...others, action, reason: REASONS[entry.reason], accept: action === 'ADD' || action === 'WITHDRAW', done: '', refusal: null};
}

/** @param {import('../session.js').Session} session @param {string} [call] id */
export function createPasteView(session, call = '') {
	return new PasteView(session, call);
}
