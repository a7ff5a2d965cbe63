/** What one has signed up for, in all calls, with what waits for a network; and the hours of service. */
import {lineStateName} from '../status.js';
import {View} from './view.js';

/** The hub brings lines here from their chains within a second or two. */
const BEHIND_MS = 2500;
const PAGE = 50;

/**
 * @typedef {import('../generated/frame.pb.js').SignUp} SignUp
 * @typedef {Omit<SignUp, 'state'> & {state: string, title: string, starts_ms: number, deadline_ms: number, meeting: string}} ShownSignUp title is '' where
 *   the call is not known any more
 * @typedef {object} MineState
 * @property {ShownSignUp[]} sign_ups the latest first
 * @property {boolean} more
 * @property {number} minutes of service granted in all
 * @property {(import('../outbox.js').Item & {title: string})[]} pending what waits for a network, or was refused
 */

/** @extends {View<MineState>} */
class MineView extends View {
	/** @param {import('../session.js').Session} session */
	constructor(session) {
		super(session, {sign_ups: [], more: false, minutes: 0, pending: []});
		/** @type {Map<string, SignUp>} by call and number */
		this.signUps = new Map();
		/** @type {Map<string, {title: string, starts_ms: number, deadline_ms: number, meeting: string}>} */
		this.calls = new Map();
		this.hasMore = false;
		this.minutes = 0;
		this.cancelLater = () => {};
		const kept = session.kept('mine');
		if (!kept || kept.person !== session.state.person) return;
		this.signUps = new Map(kept.signUps);
		this.calls = new Map(kept.calls);
		this.minutes = kept.minutes;
		this.isLoaded = true;
	}

	wants() {
		return {}; // one's own lines are heard without asking
	}

	async load() {
		this.signUps = new Map();
		await this._loadPage(0);
	}

	async resume() {
		await this._loadPage(0);
	}

	/** The next page, further back. */
	async wantMore() {
		const oldest = Math.min(...[...this.signUps.values()].map(({joined_ms}) => joined_ms));
		await this._loadPage(Number.isFinite(oldest) ? oldest : 0);
		this.changed();
	}

	/** @param {import('../session.js').Happening} happening */
	hear({chain_changed, call_changed}) {
		const call = call_changed?.call;
		if (call && this.calls.has(call.id)) this.calls.set(call.id, call);
		for (const line of chain_changed?.lines ?? []) {
			if (!chain_changed || line.person !== this.session.state.person) continue;
			const {number, state, slot, people, granted_minutes, joined_ms} = line;
			this.signUps.set(`${chain_changed.call} ${number}`, {call: chain_changed.call, number, state, slot, people, granted_minutes, joined_ms});
			this._laterAgain();
		}
		this.changed();
	}

	render() {
		const unknown = {title: '', starts_ms: 0, deadline_ms: 0, meeting: ''};
		const sign_ups = [...this.signUps.values()].sort((a, b) => b.joined_ms - a.joined_ms).map((one) => {
			const {title, starts_ms, deadline_ms, meeting} = this.calls.get(one.call) ?? unknown;
			return {...one, state: lineStateName(one.state), title, starts_ms, deadline_ms, meeting};
		});
		const pending = this.session.outbox.items.map((item) => ({...item, title: this._titleOf(item.body.call)}));
		return {sign_ups, pending, more: this.hasMore, minutes: this.minutes};
	}

	isEmpty() {
		return this.signUps.size === 0 && this.session.outbox.items.length === 0;
	}

	/** Also of a call that one has seen in one's grid alone. @param {string} call */
	_titleOf(call) {
		const kept = this.session.kept('grid')?.calls?.find((/** @type {{id: string}} */ one) => one.id === call);
		return this.calls.get(call)?.title ?? kept?.title ?? '';
	}

	/** @param {number} before_ms */
	async _loadPage(before_ms) {
		await this.ask('sign_up_list', {before_ms, count: PAGE}, {
			apply: (result) => {
				for (const one of result.sign_ups) this.signUps.set(`${one.call} ${one.number}`, one);
				this.minutes = result.minutes;
				this.hasMore = result.more;
			},
		});
		const unknown = [...new Set([...this.signUps.values()].map(({call}) => call))].filter((call) => !this.calls.has(call));
		await Promise.all(unknown.map((call) => this._loadCall(call)));
		const few = [...this.signUps].slice(0, PAGE);
		this.session.keep('mine', {person: this.session.state.person, signUps: few, calls: [...this.calls], minutes: this.minutes});
	}

	/** @param {string} call */
	async _loadCall(call) {
		try {
			await this.ask('call_show', {call}, {
				apply: ({call: {title, starts_ms, deadline_ms, meeting}}) => this.calls.set(call, {title, starts_ms, deadline_ms, meeting}),
			});
		} catch (refusal) {
			// it is known no more, or it is not for one's eyes any more since one has moved
			const status = /** @type {{status?: string}} */ (refusal).status;
			if (status !== 'NOT_FOUND' && status !== 'FORBIDDEN') throw refusal;
		}
	}

	/** The minutes follow when the line has been brought here. */
	_laterAgain() {
		this.cancelLater();
		this.cancelLater = this.session.setTimer(() => {
			if (this.isOpen) this._loadPage(0).then(() => this.changed(), () => {});
		}, BEHIND_MS);
	}

	close() {
		this.cancelLater();
		super.close();
	}
}

/** @param {import('../session.js').Session} session */
export function createMineView(session) {
	return new MineView(session);
}
