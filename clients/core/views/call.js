/**
 * One call with its chain, and what one may do there. Of a chain of 10,000 lines the pages that are looked at are loaded (want), and kept up
 * to date.
 */
import {CallState, LineState} from '../generated/frame.pb.js';
import {Refusal} from '../refusal.js';
import {View} from './view.js';
import {cardOf, isLive, mineOf, withTally} from './card.js';
import {lineStateName} from '../status.js';

const PAGE = 200;

/**
 * @typedef {import('../generated/frame.pb.js').Call} Call
 * @typedef {import('../generated/frame.pb.js').Line} Line
 *
 * @typedef {Omit<Line, 'state'> & {state: string, isMine: boolean}} ShownLine state CONFIRMED, WAITING, OFFERED, STRUCK
 *
 * @typedef {object} May what to show a button for
 * @property {boolean} join oneself
 * @property {boolean} joinFor another of one's grid, or one without an account
 * @property {boolean} withdraw one's own line
 * @property {boolean} confirm the place that one is offered
 * @property {boolean} check oneself in or out, by the code at the door
 * @property {boolean} manage all that is the author's: close, reopen, cancel, edit, thank, tick, show the code, take a chain from WeChat
 * @property {boolean} list see who is in the chain
 * @property {boolean} phones see their phones
 * @property {boolean} print the chain as text for WeChat
 *
 * @typedef {object} CallViewState
 * @property {(import('./card.js').Card & Omit<Call, 'state' | 'names'>) | null} call
 * @property {ShownLine[]} lines of the pages that are loaded, by their numbers
 * @property {number} count of lines in the chain, struck ones included
 * @property {boolean} more there are lines behind the last that is loaded
 * @property {ShownLine[]} own one's own lines, and those that one put there for others
 * @property {import('./card.js').Mine | null} mine
 * @property {May} may
 * @property {boolean} needs_why a reason is to be stated before names are shown (explain)
 * @property {boolean} live the chain is followed as it grows
 * @property {string[]} changed the fields of the call that were changed last while one looked
 * @property {readonly import('../outbox.js').Item[]} pending what waits for a network
 */

/** @type {May} */
const NOTHING = {join: false, joinFor: false, withdraw: false, confirm: false, check: false, manage: false, list: false, phones: false, print: false};

/** What is told to all lacks what a list told the author, or of one's own. @param {Line} line @param {Line | undefined} known @returns {Line} */
function withKnown(line, known) {
	if (!known) return line;
	return {...line, name: line.name || known.name, remark: line.remark || known.remark, answers: line.answers.length > 0 ? line.answers : known.answers};
}

/** @extends {View<CallViewState>} */
class CallView extends View {
	/** @param {import('../session.js').Session} session @param {string} id */
	constructor(session, id) {
		super(session, {call: null, lines: [], count: 0, more: false, own: [], mine: null, may: NOTHING, needs_why: false, live: true, changed: [], pending: []});
		this.id = id;
		/** @type {Call | null} */
		this.call = null;
		/** @type {Map<number, Line>} */
		this.lines = new Map();
		/** @type {Map<number, Line>} */
		this.own = new Map();
		/** @type {Map<number, Promise<void>>} pages that are loaded, or on their way */
		this.loadedPages = new Map();
		this.count = 0;
		/** @type {{code: string, name: string}[]} */
		this.path = [];
		this.why = '';
		this.isLive = true;
		/** @type {string[]} */
		this.changedFields = [];
		this.isOwnDue = false;
		this.isCallDue = false;
	}

	wants() {
		// The place too, for the call itself and its numbers; one hears of a chain only where one may list it.
		const places = this.call ? [{place: this.call.place, depth: 0}] : [];
		return {places, calls: this.isLive ? [this.id] : [], onrefusal: (/** @type {Refusal} */ {field}) => field.indexOf('calls') === 0 && this._notFollowed()};
	}

	async load() {
		this.loadedPages.clear();
		await this.ask('call_show', {call: this.id}, {apply: ({call}) => this._setCall(call)});
		this._watch(); // now that its place is known
		await Promise.all([
			this.ask('place_show', {place: this.call?.place}, {apply: ({path}) => (this.path = path)}),
			this._loadOwn(),
			this._maySeeLines() ? this.want(1, PAGE) : undefined,
		]);
	}

	async resume() {
		// Pages that were loaded follow by events; what has no events is asked for.
		await Promise.all([this._loadCall(), this._loadOwn()]);
	}

	/** Loads the lines of these numbers, where they are not there yet. @param {number} from @param {number} to */
	async want(from, to) {
		/** @type {Promise<void>[]} */
		const pages = [];
		const last = Math.floor((Math.max(Math.min(to, this.count), 1) - 1) / PAGE);
		for (let page = Math.floor((Math.max(from, 1) - 1) / PAGE); page <= last; page++) {
			const known = this.loadedPages.get(page);
			const loading = known ?? this._loadPage(page);
			if (!known) this.loadedPages.set(page, loading);
			pages.push(loading);
		}
		await Promise.all(pages);
		this.changed();
	}

	/** The next lines behind those that are loaded from the first on. */
	async wantMore() {
		let page = 0;
		while (this.loadedPages.has(page)) page++;
		await this.want(page * PAGE + 1, (page + 1) * PAGE);
	}

	/** The line of that number if it is loaded. @param {number} number @returns {ShownLine | null} */
	line(number) {
		const line = this.lines.get(number);
		return line ? this._shown(line) : null;
	}

	/** States the reason on which names are shown to one's role; it is in the audit log. @param {string} why */
	async explain(why) {
		this.why = why;
		try {
			await this.want(1, PAGE);
		} catch (refusal) {
			this.why = '';
			this.loadedPages.clear();
			throw refusal;
		} finally {
			this.changed();
		}
	}

	/* What one does. All give the result, or throw a Refusal. */

	/**
	 * Signs up. Without a network it waits on the device: `{deferred}`. Who has a line already gets that: `{already: true, number, state}`.
	 * @param {import('../generated/frame.pb.js').ChainJoinIn} fields
	 */
	async join(fields = {}) {
		try {
			return await this.session.ask('chain_join', {...fields, call: this.id}, {deferrable: true});
		} catch (refusal) {
			if (refusal instanceof Refusal && refusal.status === 'ALREADY' && refusal.result) return {...refusal.result, already: true};
			throw refusal;
		}
	}

	/** Another, by `person` or by `name`; with `walk_up` he stands at the door. @param {import('../generated/frame.pb.js').ChainJoinIn} fields */
	joinFor(fields) {
		return this.join(fields);
	}

	/** @param {{number?: number, slot?: number}} line one's own if left out */
	withdraw(line = {}) {
		return this.session.ask('chain_withdraw', {...line, call: this.id}, {deferrable: true});
	}

	/** @param {{number?: number, slot?: number}} line */
	confirm(line = {}) {
		return this.session.ask('chain_confirm', {...line, call: this.id});
	}

	/** @param {{number?: number, slot?: number, out?: boolean, code?: string}} line */
	check(line) {
		return this.session.ask('chain_check', {...line, call: this.id}, {deferrable: true});
	}

	end() {
		return this.session.ask('call_close', {call: this.id});
	}

	/** @param {number} deadline_ms */
	reopen(deadline_ms) {
		return this.session.ask('call_reopen', {call: this.id, deadline_ms});
	}

	/** @param {string} reason */
	cancel(reason) {
		return this.session.ask('call_cancel', {call: this.id, reason});
	}

	/** @param {string} text */
	thank(text) {
		return this.session.ask('call_thank', {call: this.id, text});
	}

	/** What is shown at the door for a minute: `{code, until_ms}`. */
	code() {
		return this.session.ask('chain_code', {call: this.id});
	}

	/** As the group's text: `{text, code}`. @param {boolean} english */
	print(english = false) {
		return this.session.ask('chat_print', {call: this.id, english});
	}

	/** All phones of those who signed up, by the numbers of their lines; whose they are can see that one looked. */
	async phones() {
		/** @type {Map<number, string>} */
		const phones = new Map();
		await this.pages('chain_phones', {call: this.id, count: 100}, (result) => {
			for (const {number, phone} of result.phones) phones.set(number, phone);
			return result.next || undefined;
		});
		return phones;
	}

	/* Inside. */

	/** @param {import('../session.js').Happening} happening */
	hear({call_changed, chain_changed, tallies}) {
		if (call_changed?.call?.id === this.id) {
			this._setCall(call_changed.call);
			this.changedFields = call_changed.changed;
		}
		for (const tally of tallies ?? []) if (tally.call === this.id && this.call) this.call = withTally(this.call, tally);
		if (chain_changed?.call === this.id) this._linesChanged(chain_changed.lines);
		this.changed();
	}

	render() {
		const {session, call} = this;
		const items = session.outbox.items.filter(({body}) => body.call === this.id);
		const own = [...this.own.values()].map((line) => this._shown(line));
		const mine = mineOf([...this.own.values()].filter(({person}) => person === session.state.person), items, this.id);
		if (!call) return {mine, pending: items};
		const around = {now_ms: session.hubNow(), person: session.state.person, nameOf: (/** @type {string} */ code) => this._nameOf(code)};
		const card = cardOf(call, around);
		const lines = [...this.lines.values()].sort((a, b) => a.number - b.number).map((line) => this._shown(line));
		const may = this._may(card);
		return {
			call: {...call, ...card}, lines, own, mine, may, pending: items, count: this.count, live: this.isLive, changed: this.changedFields,
			more: may.list && !this._needsWhy() && this._hasMore(), needs_why: may.list && this._needsWhy(),
		};
	}

	/** @param {import('./card.js').Card} card @returns {May} */
	_may(card) {
		const {session, call} = this;
		if (!call) return NOTHING;
		const own = [...this.own.values()].filter((line) => isLive(line) && line.person === session.state.person);
		const manage = card.isMine;
		const isOpen = card.state === 'OPEN';
		const taken = call.slots.length > 0 ? own.length >= call.slots.length : own.length > 0;
		const isRegistered = session.state.registration === 'REGISTERED';
		const list = manage || session.can('chain_list', call.place);
		return {
			join: isOpen && !card.overdue && isRegistered && !taken && session.can('chain_join', call.place),
			joinFor: isOpen && (manage || (!card.overdue && isRegistered && session.can('chain_join', call.place))),
			withdraw: isOpen && own.length > 0,
			confirm: isOpen && own.some(({state}) => state === LineState.LINE_STATE_OFFERED),
			check: card.state !== 'CANCELLED' && own.some(({state, left_ms}) => state === LineState.LINE_STATE_CONFIRMED && !left_ms),
			manage, list,
			phones: manage || session.can('chain_phones', call.place),
			print: isOpen && (manage || (session.can('chat_print', call.place))),
		};
	}

	_hasMore() {
		for (let page = 0; page * PAGE < this.count; page++) if (!this.loadedPages.has(page)) return true;
		return false;
	}

	_isAuthor() {
		return this.call?.author === this.session.state.person;
	}

	_needsWhy() {
		return !this.why && !this._isAuthor() && this.session.needsReason('chain_list', this.call?.place);
	}

	_maySeeLines() {
		return this._isAuthor() || (this.session.can('chain_list', this.call?.place) && !this._needsWhy());
	}

	/** @param {Line} line @returns {ShownLine} */
	_shown(line) {
		return {...line, state: lineStateName(line.state), isMine: line.person !== '' && line.person === this.session.state.person};
	}

	/** @param {string} code */
	_nameOf(code) {
		return this.path.find((place) => place.code === code)?.name ?? code;
	}

	/** @param {Call} call */
	_setCall(call) {
		if (this.call && call.version < this.call.version) return;
		this.call = call;
		this.count = Math.max(this.count, call.lines);
	}

	async _loadCall() {
		await this.ask('call_show', {call: this.id}, {apply: ({call}) => this._setCall(call)});
	}

	/** One's own, with what nobody else is told: remarks, and how many are ahead. */
	async _loadOwn() {
		/** @type {Map<number, Line>} */
		const own = new Map();
		try {
			await this.pages('chain_list', {call: this.id, mine: true, count: PAGE}, (result) => {
				for (const line of result.lines) own.set(line.number, line);
				this.own = own;
				return result.more ? result.after : undefined;
			});
		} catch (refusal) {
			if (!(refusal instanceof Refusal) || refusal.status !== 'FORBIDDEN') throw refusal; // who may not list has none there
		}
	}

	/** @param {number} page */
	async _loadPage(page) {
		const end = (page + 1) * PAGE;
		try {
			await this.pages('chain_list', {call: this.id, after: page * PAGE, count: PAGE}, (result) => {
				for (const line of result.lines) {
					this.lines.set(line.number, line);
					this.count = Math.max(this.count, line.number);
				}
				return result.more && result.after < end ? result.after : undefined;
			}, {why: this.why});
		} catch (refusal) {
			this.loadedPages.delete(page);
			throw refusal;
		}
	}

	/** @param {Line[]} lines as they are now */
	_linesChanged(lines) {
		const me = this.session.state.person;
		let ownDue = false;
		for (const line of lines) {
			this.count = Math.max(this.count, line.number);
			const page = Math.floor((line.number - 1) / PAGE);
			const isNext = line.number === 1 || this.lines.has(line.number - 1);
			if (isNext && !this.loadedPages.has(page)) this.loadedPages.set(page, Promise.resolve()); // the first of a page that did not exist
			if (this.loadedPages.has(page)) this.lines.set(line.number, withKnown(line, this.lines.get(line.number)));
			const own = this.own.get(line.number);
			if (own) this.own.set(line.number, withKnown(line, own));
			ownDue ||= line.person === me || line.by === me || own !== undefined;
		}
		const waits = [...this.own.values()].some(({state}) => state === LineState.LINE_STATE_WAITING);
		if (ownDue || waits) this._ownSoon();
		if (this.call && this.call.slots.length > 0) this._callSoon();
	}

	/** How many are ahead changes with what others do. One such request at a time. */
	_ownSoon() {
		if (this.isOwnDue) return;
		this.isOwnDue = true;
		this._loadOwn().catch(() => {}).then(() => {
			this.isOwnDue = false;
			this.changed();
		});
	}

	/** The numbers of each slot come with the call alone. */
	_callSoon() {
		if (this.isCallDue) return;
		this.isCallDue = true;
		this.session.setTimer(() => {
			this.isCallDue = false;
			if (this.isOpen) this._loadCall().then(() => this.changed(), () => {});
		}, 500);
	}

	_notFollowed() {
		this.isLive = false;
		this.changed();
	}

	isEmpty() {
		return this.call?.state === CallState.CALL_STATE_UNSPECIFIED;
	}
}

/** @param {import('../session.js').Session} session @param {string} call id */
export function createCallView(session, call) {
	return new CallView(session, call);
}
