/**
 * What all views share. A view is opened, loads what there is, follows what changes, and says in plain data how things stand; nothing of it
 * knows how it is shown. A subclass says what it wants to hear (wants), loads (load), hears (hear), and renders what it has into its
 * state (render).
 *
 * @typedef {'loading' | 'ready' | 'empty' | 'stale' | 'refused'} Status 'stale': there is no connection, it is as of stale_since_ms
 *
 * @typedef {object} ViewState
 * @property {Status} status
 * @property {number | null} stale_since_ms
 * @property {Refusal | null} refusal with 'refused'
 */
import {Refusal} from '../refusal.js';
import {createStore} from '../store.js';

const TICK_MS = 30000;

/** Thrown where a view was closed, or begins anew, while it waited. */
const OVER = new Refusal('DROPPED');
let count = 0;

/** @template {object} State */
export class View {
	/**
	 * @param {import('../session.js').Session} session
	 * @param {State} initial
	 */
	constructor(session, initial) {
		this.session = session;
		this.key = `view-${++count}`;
		/** @type {import('../store.js').Store<State & ViewState>} */
		this.store = createStore(/** @type {State & ViewState} */ ({status: 'loading', stale_since_ms: null, refusal: null, ...initial}));
		this.isOpen = false;
		/** There is something to show. */
		this.isLoaded = false;
		/** It came from the hub since this was opened. */
		this.isCurrent = false;
		this.isLoading = false;
		this.subjectLoaded = '';
		this.turn = 0;
		/** @type {(() => void)[]} */
		this.ends = [];
		this.cancelTick = () => {};
	}

	/** @returns {Readonly<State & ViewState>} */
	get state() {
		return this.store.state;
	}

	/** @param {() => void} listener */
	on(listener) {
		return this.store.on(listener);
	}

	open() {
		if (this.isOpen) return this;
		this.isOpen = true;
		this.ends = [this.session.on(() => this._sessionChanged()), this.session.events((happening) => this._happened(happening))];
		this._begin();
		this._tick();
		return this;
	}

	close() {
		this.isOpen = false;
		this.turn++;
		this.cancelTick();
		for (const end of this.ends) end();
		this.ends = [];
	}

	/** From the beginning: after a refusal, or with another subject. */
	reload() {
		if (this.isOpen) this._begin();
	}

	/* For subclasses. */

	/** @returns {import('../watching.js').Wanted | null} */
	wants() {
		return null;
	}

	async load() {}

	/** What it is about, where that may change by itself: another is loaded anew. */
	subject() {
		return '';
	}

	/** @param {import('../session.js').Happening} happening */
	hear(happening) {
		void happening;
	}

	/** On again, and no event was missed: tallies are to be asked for. @returns {Promise<void>} */
	async resume() {}

	/** @returns {Partial<State>} */
	render() {
		return {};
	}

	/** Loaded, and nothing there. */
	isEmpty() {
		return false;
	}

	/**
	 * As session.ask(), for as long as this view goes on; `apply` hears nothing that is over.
	 * @param {string} verb @param {any} body @param {import('../session.js').AskOptions} [options]
	 */
	async ask(verb, body, options = {}) {
		const {turn} = this;
		const result = await this.session.ask(verb, body, {...options, apply: (result) => turn === this.turn && options.apply?.(result)});
		if (turn !== this.turn) throw OVER;
		return result;
	}

	/**
	 * All pages of a list.
	 * @param {string} verb @param {any} body
	 * @param {(result: any) => any} take the result; gives what the next page goes on behind, or undefined to end
	 * @param {import('../session.js').AskOptions} [options]
	 */
	async pages(verb, body, take, options) {
		let after = body.after;
		do {
			const asked = after;
			after = undefined;
			await this.ask(verb, asked === undefined ? body : {...body, after: asked}, {...options, apply: (result) => (after = take(result))});
		} while (after !== undefined);
	}

	/** Renders and tells whoever looks. */
	changed() {
		if (!this.isOpen) return;
		const isOn = this.session.state.phase === 'online' || this.session.state.phase === 'needs-factor';
		const status = this.state.refusal ? 'refused' : !this.isLoaded ? 'loading' : !isOn ? 'stale' : this.isEmpty() ? 'empty' : 'ready';
		const stale_since_ms = isOn ? null : this.session.state.since_ms;
		this.store.set(/** @type {any} */ ({...this.render(), status, stale_since_ms}));
	}

	/* Inside. */

	_begin() {
		this.store.set(/** @type {any} */ ({refusal: null}));
		this._watch();
		this._load();
	}

	_watch() {
		this._unwatch();
		const wants = this.wants();
		if (wants) this.unwatch = this.session.watch(this.key, wants);
		if (!this.ends.includes(this._unwatch)) this.ends.push(this._unwatch);
	}

	_unwatch = () => {
		this.unwatch?.();
		this.unwatch = undefined;
	};

	async _load() {
		const turn = ++this.turn;
		this.isLoading = true;
		this.isCurrent = false;
		this.subjectLoaded = this.subject();
		try {
			await this.load();
			if (turn === this.turn) this.isLoaded = this.isCurrent = true;
		} catch (refusal) {
			this._failed(refusal, turn);
		}
		if (turn !== this.turn) return;
		this.isLoading = false;
		this.changed();
	}

	/** Without a network it is loaded when there is one. @param {unknown} refusal @param {number} turn */
	_failed(refusal, turn) {
		if (!(refusal instanceof Refusal)) throw refusal;
		if (turn !== this.turn || refusal.status === 'OFFLINE' || refusal.status === 'SIGNED_OUT' || refusal === OVER) return;
		this.store.set(/** @type {any} */ ({refusal}));
	}

	_sessionChanged() {
		const isOnline = this.session.state.phase === 'online';
		const isDue = isOnline && !this.isCurrent && !this.isLoading && !this.state.refusal;
		if (isDue || this.subject() !== this.subjectLoaded) this._begin();
		this.changed();
	}

	/** @param {import('../session.js').Happening} happening */
	_happened(happening) {
		if (happening.snapshot_needed) return void this._load();
		if (happening.resumed) {
			const {turn} = this;
			this.resume().then(() => this.changed(), (refusal) => this._failed(refusal, turn));
			return;
		}
		this.hear(happening);
	}

	/** What depends on the time of day is rendered anew. */
	_tick() {
		this.cancelTick = this.session.setTimer(() => {
			this.changed();
			this._tick();
		}, TICK_MS);
	}
}
