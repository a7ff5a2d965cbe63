/** The calls of a place: what a member sees first. */
import {CallState} from '../generated/frame.pb.js';
import {View} from './view.js';
import {byUrgency, cardOf, mineOf, withTally} from './card.js';

const GRID_DIGITS = 15;

/**
 * @typedef {import('../generated/frame.pb.js').Call} Call
 * @typedef {import('./card.js').Card & {mine: import('./card.js').Mine | null}} GridCall
 * @typedef {object} GridState
 * @property {{code: string, name: string, path: {code: string, name: string}[]}} place code is '' where one is registered nowhere yet
 * @property {number} members
 * @property {GridCall[]} calls urgent ones first, then by their deadlines
 */

/** @extends {View<GridState>} */
class GridView extends View {
	/** @param {import('../session.js').Session} session @param {string} place '' the grid where one lives */
	constructor(session, place) {
		super(session, {place: {code: '', name: '', path: []}, members: 0, calls: []});
		this.given = place;
		/** @type {Map<string, Call>} */
		this.calls = new Map();
		/** @type {Map<string, Map<number, {number: number, state: number, slot: number}>>} one's own lines by call */
		this.lines = new Map();
		/** @type {{code: string, name: string}[]} */
		this.path = [];
		this.members = 0;
		this._takeKept();
	}

	get place() {
		return this.given || this.session.state.place.slice(0, GRID_DIGITS);
	}

	subject() {
		return this.place;
	}

	wants() {
		return this.place ? {places: [{place: this.place, depth: 0}]} : null;
	}

	async load() {
		const {place} = this;
		if (!place) return this.calls.clear();
		/** @type {Map<string, Call>} */
		const calls = new Map();
		await Promise.all([
			this.ask('place_show', {place}, {apply: ({path}) => (this.path = path)}),
			this.pages('call_list', {place, count: 50}, (result) => {
				for (const call of result.calls) calls.set(call.id, call);
				this.calls = calls; // at once, so that what is told behind a page is not lost
				return result.more ? result.calls[result.calls.length - 1]?.id : undefined;
			}),
			this.ask('sign_up_list', {count: 100}, {apply: (result) => result.sign_ups.forEach((/** @type {any} */ one) => this._setLine(one.call, one))}),
			this.resume(),
		]);
		this._keep();
	}

	async resume() {
		if (this.place) await this.ask('tally_list', {place: this.place, depth: 0, count: 1}, {apply: ({tallies}) => this._tallies(tallies)});
	}

	isEmpty() {
		return this.calls.size === 0;
	}

	/** @param {import('../session.js').Happening} happening */
	hear({call_changed, chain_changed, tallies}) {
		const call = call_changed?.call;
		if (call && call.state === CallState.CALL_STATE_OPEN) this.calls.set(call.id, call);
		else if (call) this.calls.delete(call.id);
		for (const line of chain_changed?.lines ?? []) {
			if (chain_changed && line.person === this.session.state.person) this._setLine(chain_changed.call, line);
		}
		if (tallies) this._tallies(tallies);
		this.changed();
		if (call || chain_changed) this._keep();
	}

	render() {
		const {session} = this;
		const around = {now_ms: session.hubNow(), person: session.state.person, nameOf: (/** @type {string} */ code) => this._nameOf(code)};
		const items = session.outbox.items;
		const calls = [...this.calls.values()].map((call) => ({
			...cardOf(call, around),
			mine: mineOf([...(this.lines.get(call.id)?.values() ?? [])], items, call.id),
		}));
		const own = this.path[this.path.length - 1];
		return {place: {code: this.place, name: own?.name ?? '', path: this.path}, members: this.members, calls: calls.sort(byUrgency)};
	}

	/** @param {string} code */
	_nameOf(code) {
		return this.path.find((place) => place.code === code)?.name ?? code;
	}

	/** @param {string} call @param {{number: number, state: number, slot: number}} line */
	_setLine(call, {number, state, slot}) {
		if (!this.lines.has(call)) this.lines.set(call, new Map());
		this.lines.get(call)?.set(number, {number, state, slot});
	}

	/** @param {import('../generated/frame.pb.js').Tally[]} tallies */
	_tallies(tallies) {
		for (const tally of tallies) {
			const call = this.calls.get(tally.call);
			if (call) this.calls.set(tally.call, withTally(call, tally));
			else if (!tally.call && tally.place === this.place) this.members = tally.members;
		}
	}

	/** What there was when there was a network last. */
	_takeKept() {
		const kept = this.session.kept('grid');
		if (!kept || kept.place !== this.place || !this.place) return;
		for (const call of kept.calls) this.calls.set(call.id, call);
		for (const [call, lines] of kept.lines) this.lines.set(call, new Map(lines));
		this.path = kept.path;
		this.isLoaded = true;
	}

	_keep() {
		if (!this.place || this.given) return;
		const lines = [...this.lines].filter(([call]) => this.calls.has(call)).map(([call, some]) => [call, [...some]]);
		this.session.keep('grid', {place: this.place, path: this.path, calls: [...this.calls.values()].slice(0, 50), lines});
	}
}

/**
 * @param {import('../session.js').Session} session
 * @param {string} [place] the grid where one lives, if left out
 */
export function createGridView(session, place = '') {
	return new GridView(session, place);
}
