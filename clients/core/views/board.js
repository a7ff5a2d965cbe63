/**
 * A place and what lies below it, as a whole: what is counted in each, live; the open calls; and how sign-ups have come in.
 */
import {CallState, LineState} from '../generated/frame.pb.js';
import {covers} from '../rights.js';
import {View} from './view.js';
import {byUrgency, cardOf, isLive, withTally} from './card.js';

const LEVELS = [2, 4, 6, 9, 12, 15, 18];
/** When there are more, every second one goes: the line keeps its form. */
const POINTS_MAX = 1200;
const PAGE = 200;

/**
 * @typedef {object} BoardPlace
 * @property {string} code
 * @property {string} name
 * @property {number} level 0 province … 6 building group
 * @property {string} parent the code of the place above that is shown, or ''
 * @property {number} children
 * @property {number} members
 * @property {number} calls
 * @property {number} confirmed people
 * @property {number} waiting
 * @property {number} present
 *
 * @typedef {{at_ms: number, confirmed: number}} Point
 *
 * @typedef {object} BoardState
 * @property {{code: string, name: string, path: {code: string, name: string}[]}} root
 * @property {Map<string, BoardPlace>} places by code, the root among them, in the order of their codes
 * @property {import('./card.js').Card[]} calls at the root, above and below
 * @property {Point[]} timeline of the root: sign-ups that count, from when one began to look
 */

/** @param {string} code */
export function levelOf(code) {
	return LEVELS.indexOf(code.length);
}

/** @param {Point[]} points @param {Point} point */
export function addPoint(points, point) {
	const last = points[points.length - 1];
	if (last && last.confirmed === point.confirmed) return points;
	const more = [...points, point];
	return more.length <= POINTS_MAX ? more : more.filter((_, index) => index % 2 === 0 || index === more.length - 1);
}

/** @extends {View<BoardState>} */
class BoardView extends View {
	/** @param {import('../session.js').Session} session @param {string} root @param {number} depth levels below, 0 to 3 */
	constructor(session, root, depth) {
		super(session, {root: {code: root, name: '', path: []}, places: new Map(), calls: [], timeline: []});
		this.root = root;
		this.depth = depth;
		/** @type {Map<string, {code: string, name: string, children: number}>} */
		this.places = new Map();
		/** @type {Map<string, import('../generated/frame.pb.js').Tally>} */
		this.tallies = new Map();
		/** @type {Map<string, import('../generated/frame.pb.js').Call>} */
		this.calls = new Map();
		/** @type {{code: string, name: string, children: number}[]} */
		this.path = [];
		/** @type {Point[]} */
		this.points = [];
	}

	/** Looks at another place. @param {string} code */
	drill(code) {
		this.root = code;
		this.places = new Map();
		this.tallies = new Map();
		this.calls = new Map();
		this.path = [];
		this.points = [];
		this.isLoaded = false;
		this.reload();
		this.changed();
	}

	wants() {
		return {places: [{place: this.root, depth: this.depth}], onrefusal: (/** @type {import('../refusal.js').Refusal} */ refusal) => this._failed(refusal, this.turn)};
	}

	async load() {
		/** @type {Map<string, import('../generated/frame.pb.js').Call>} */
		const calls = new Map();
		await Promise.all([
			this._loadPlaces(),
			this.pages('call_list', {place: this.root, count: 50}, (result) => {
				for (const call of result.calls) calls.set(call.id, call);
				this.calls = calls;
				return result.more ? result.calls[result.calls.length - 1]?.id : undefined;
			}),
			this.resume(),
		]);
	}

	async _loadPlaces() {
		/** @type {Map<string, {code: string, name: string, children: number}>} */
		const places = new Map();
		await this.ask('place_show', {place: this.root}, {apply: ({path}) => (this.path = path)});
		if (this.depth > 0) {
			await this.pages('place_list', {under: this.root, depth: this.depth, count: PAGE}, (result) => {
				for (const place of result.places) places.set(place.code, place);
				return result.more ? result.places[result.places.length - 1]?.code : undefined;
			});
		}
		this.places = places;
	}

	/** Tallies have no numbers: after a resume they are asked for again. */
	async resume() {
		await this.pages('tally_list', {place: this.root, depth: this.depth, count: PAGE}, (result) => {
			this._tallies(result.tallies);
			return result.more ? result.tallies[result.tallies.length - 1]?.place : undefined;
		});
	}

	/** @param {import('../session.js').Happening} happening */
	hear({call_changed, places_changed, tallies}) {
		const call = call_changed?.call;
		if (call && call.state === CallState.CALL_STATE_OPEN) this.calls.set(call.id, call);
		else if (call) this.calls.delete(call.id);
		if (tallies) this._tallies(tallies);
		if (places_changed) this._loadPlaces().then(() => this.changed(), () => {});
		this.changed();
	}

	/** @param {import('../generated/frame.pb.js').Tally[]} tallies */
	_tallies(tallies) {
		for (const tally of tallies) {
			const call = this.calls.get(tally.call);
			if (call) this.calls.set(tally.call, withTally(call, tally));
			if (tally.call || !covers(this.root, tally.place)) continue;
			this.tallies.set(tally.place, tally);
			if (tally.place === this.root) this.points = addPoint(this.points, {at_ms: this.session.hubNow(), confirmed: tally.confirmed});
		}
	}

	render() {
		const {session} = this;
		const own = this.path[this.path.length - 1];
		const known = [...(own ? [own] : []), ...this.places.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
		/** @type {Map<string, BoardPlace>} */
		const places = new Map();
		for (const {code, name, children} of known) {
			const {members = 0, calls = 0, confirmed = 0, waiting = 0, present = 0} = this.tallies.get(code) ?? {};
			const parent = code === this.root ? '' : code.slice(0, LEVELS[levelOf(code) - 1]);
			places.set(code, {code, name, level: levelOf(code), parent, children, members, calls, confirmed, waiting, present});
		}
		const nameOf = (/** @type {string} */ code) => this.places.get(code)?.name ?? this.path.find((place) => place.code === code)?.name ?? code;
		const around = {now_ms: session.hubNow(), person: session.state.person, nameOf};
		const calls = [...this.calls.values()].map((call) => cardOf(call, around)).sort(byUrgency);
		return {root: {code: this.root, name: own?.name ?? '', path: this.path}, places, calls, timeline: this.points};
	}

	isEmpty() {
		return this.path.length === 0;
	}

	/**
	 * How the sign-ups of a call came in, by the moments at which the lines that stand were made: for who may list its chain.
	 * @param {string} call id @param {string} [why] a stated reason, where one's role needs one
	 * @returns {Promise<Point[]>}
	 */
	async timelineOf(call, why = '') {
		/** @type {{joined_ms: number, people: number}[]} */
		const lines = [];
		await this.pages('chain_list', {call, count: PAGE}, (result) => {
			for (const line of result.lines) if (isLive(line) && line.state !== LineState.LINE_STATE_WAITING) lines.push(line);
			return result.more ? result.after : undefined;
		}, {why});
		let confirmed = 0;
		const points = lines.sort((a, b) => a.joined_ms - b.joined_ms).map(({joined_ms, people}) => ({at_ms: joined_ms, confirmed: (confirmed += people)}));
		const step = Math.ceil(points.length / POINTS_MAX);
		return step <= 1 ? points : points.filter((_, index) => index % step === 0 || index === points.length - 1);
	}
}

/**
 * @param {import('../session.js').Session} session
 * @param {string} root code of a place
 * @param {{depth?: number}} [options] levels below, 0 to 3
 */
export function createBoardView(session, root, {depth = 1} = {}) {
	return new BoardView(session, root, depth);
}
