/**
 * A session: one connection at a time, on which one is somebody, asks, and hears. The manual is README.md; the protocol proto/README.md.
 *
 * @typedef {object} SessionOptions
 * @property {string} url of the WebSocket
 * @property {import('./socket.js').OpenSocket} [openSocket] the browser's if left out
 * @property {import('./account.js').Storage} storage
 * @property {() => number} [now] the device's clock, milliseconds since 1970
 * @property {() => number} [random] from 0 to below 1
 * @property {(call: () => void, ms: number) => () => void} [setTimer] gives what cancels it
 * @property {string} [device] a name for this device: "Chrome", "iPhone"; up to 40 characters
 *
 * @typedef {'signed-out' | 'connecting' | 'online' | 'offline' | 'needs-code' | 'needs-factor' | 'refused'} Phase
 *
 * @typedef {object} SessionFields
 * @property {Phase} phase
 * @property {number | null} since_ms offline: when the hub was heard last, by the device's clock; else null
 * @property {import('./refusal.js').Refusal | null} error why one is not in
 * @property {{ticket: string, number: number, until_ms: number} | null} desk to be shown, and confirmed by a phone
 * @property {boolean} needs_factor nothing but the second factor is done until it is set up
 *
 * @typedef {SessionFields & typeof NOBODY} SessionState what the last login said stands in it too
 *
 * @typedef {object} Happening exactly one of:
 * @property {import('./generated/frame.pb.js').CallChanged} [call_changed]
 * @property {import('./generated/frame.pb.js').ChainChanged} [chain_changed]
 * @property {import('./generated/frame.pb.js').PlacesChanged} [places_changed]
 * @property {import('./generated/frame.pb.js').Tally[]} [tallies]
 * @property {true} [snapshot_needed] what is known is of an earlier time: take it anew
 * @property {true} [resumed] on again, and nothing was missed; tallies have to be asked for
 * @property {number} [at_ms] when it happened
 *
 * @typedef {object} AskOptions
 * @property {string} [why] a stated reason
 * @property {boolean} [deferrable] it may wait on the device until there is a network (DEFERRABLE in verbs.js)
 * @property {(result: any) => void} [apply] called with the result before anything that the hub said behind it: for lists that events change
 * @property {number} [patience_ms] how long to wait for a connection; 20 seconds
 */
import {createAccount, NOBODY} from './account.js';
import {createAsks} from './asks.js';
import {FRAME_MAX_BYTES, decodeFrame, encodeFrame, joinFrames} from './frame.js';
import {Role} from './generated/frame.pb.js';
import {CODE, createLink} from './link.js';
import {loginBody, whatNow} from './login.js';
import {createOutbox} from './outbox.js';
import {Refusal} from './refusal.js';
import {may} from './rights.js';
import {openBrowserSocket} from './socket.js';
import {statusName} from './status.js';
import {createStore} from './store.js';
import {DEFERRABLE, OWN} from './verbs.js';
import {createWatching} from './watching.js';

const PATIENCE_MS = 20000;
const AGAIN_MS = 50;
/** A desk's login is answered when a phone has let it in. */
const DESK_PATIENCE_MS = 130000;
const WECHAT_TRIES = 3;

/** @type {(call: () => void, ms: number) => () => void} */
function defaultTimer(call, ms) {
	const timer = setTimeout(call, ms);
	return () => clearTimeout(timer);
}

/** @param {SessionOptions} options */
export function createSession(options) {
	return new Session(options);
}

export class Session {
	/** @param {SessionOptions} options */
	constructor({url, openSocket = openBrowserSocket, storage, now = Date.now, random = Math.random, setTimer = defaultTimer, device = ''}) {
		this.now = now;
		this.setTimer = setTimer;
		this.account = createAccount(storage);
		this.device = device;
		/** @type {import('./login.js').How} */
		this.how = {};
		this.isFree = false;
		/** How far the login has come on this connection. @type {'no' | 'asked' | 'in'} */
		this.stage = 'no';
		this.loginId = 0;
		this.watchId = 0;
		this.deskId = 0;
		this.isFirstWatch = true;
		this.isResume = false;
		this.isStale = false;
		this.isRefresh = false;
		this.pulseDue = false;
		this.connection = 0; // counts them, so that what was begun on an earlier one is known
		/** @type {import('./login.js').Ticket | null} */
		this.ticket = null;
		this.wechatCode = '';
		this.wechatTries = 0;
		this.cancelFlush = () => {};
		this.isFlushDue = false;
		/** @type {Set<(happening: Happening) => void>} */
		this.hearers = new Set();
		/** @type {import('./store.js').Store<SessionState>} */
		this.store = createStore(/** @type {SessionState} */ ({phase: 'signed-out', since_ms: null, error: null, desk: null, needs_factor: false, ...this.account.me}));
		const hubNow = () => this.hubNow();
		this.asks = createAsks({now, hubNow, random});
		this.watching = createWatching();
		this.outbox = createOutbox({
			load: this.account.loadOutbox,
			save: (text) => this.account.saveOutbox(text),
			asks: this.asks,
			hubNow,
			random,
			changed: () => {
				this.store.set({});
				this.flushSoon();
			},
		});
		this.link = createLink({
			url, openSocket, now, random, setTimer,
			onopen: () => this._opened(),
			onmessage: (bytes) => this._heard(bytes),
			ondown: (end) => this._down(end),
		});
	}

	/** @returns {Readonly<SessionState>} */
	get state() {
		return this.store.state;
	}

	/** @param {() => void} listener called after each change, at most once a turn */
	on(listener) {
		return this.store.on(listener);
	}

	/** @param {(happening: Happening) => void} listener called at once, in the order in which the hub said it */
	events(listener) {
		this.hearers.add(listener);
		return () => void this.hearers.delete(listener);
	}

	/** The hub's clock. */
	hubNow() {
		return this.now() + this.account.ahead_ms;
	}

	/* Coming and going. */

	/** Goes on with the token that is kept on the device; false if there is none. */
	start() {
		if (!this.account.token) return false;
		this._begin({});
		return true;
	}

	/** @param {import('./login.js').How} how a token that is no good leaves the one there was */
	logIn(how) {
		if (how.token) this.account.tryToken(how.token);
		else if (how.code === undefined) this._forgetPerson();
		this._begin(how);
	}

	/** Leaves nothing behind on this device; the hub forgets its token too, if it can be told. */
	logOut() {
		if (this.stage === 'in' && this.state.device > 0) {
			this.asks.add('device_revoke', {device: this.state.device}, {onanswer() {}, onrefusal() {}});
			this._flush();
		}
		this._forgetPerson();
		this._end('signed-out', null);
	}

	/** Closed, to be started again. */
	stop() {
		this.link.stop();
	}

	/** Call it when the app is shown again, or there is a network again. */
	wake() {
		this.link.wake();
	}

	/** Logs in anew, by which one hears how one's registration stands and what roles one holds. */
	refresh() {
		this.isRefresh = this.link.isOpen;
		this.link.again();
	}

	/** @param {import('./login.js').How} how */
	_begin(how) {
		this.how = how;
		this.ticket = null;
		this.wechatTries = 0;
		this.link.stop();
		this.store.set({phase: 'connecting', error: null, desk: null, since_ms: null});
		this.link.start();
	}

	/** @param {Phase} phase @param {Refusal | null} error */
	_end(phase, error) {
		this.stage = 'no';
		this.store.set({phase, error, desk: null, since_ms: null});
		this.link.stop();
		if (phase === 'signed-out') this.asks.clear();
	}

	/** What is another's is not shown to whoever comes next. */
	_forgetPerson() {
		this.stage = 'no';
		this.outbox.clear();
		this.account.forget();
		this.watching.stale();
		this.isFree = false;
		this.store.set({...NOBODY, needs_factor: false});
	}

	/* Asking. */

	/**
	 * @param {string} verb as in frame.proto: 'chain_join'
	 * @param {any} [body] its fields
	 * @param {AskOptions} [options]
	 * @returns {Promise<any>} its result; rejected with a Refusal
	 */
	ask(verb, body = {}, {why = '', deferrable = false, apply, patience_ms = PATIENCE_MS} = {}) {
		const {phase} = this.state;
		if (phase === 'signed-out' || phase === 'refused' || phase === 'needs-code') return Promise.reject(new Refusal('SIGNED_OUT', '', 0, verb));
		if (deferrable && DEFERRABLE.has(verb)) {
			const promise = this.outbox.add(verb, body, why);
			if (this.stage !== 'in') this.outbox.defer();
			return promise;
		}
		return new Promise((resolve, reject) => {
			this.asks.add(verb, body, {
				why, patience_ms,
				onanswer: (result) => {
					apply?.(result);
					this._hearOwn(verb, result);
					resolve(result);
				},
				onrefusal: reject,
			});
			this.flushSoon();
		});
	}

	/** What changes how one's login stands. @param {string} verb @param {any} result */
	_hearOwn(verb, result) {
		if (verb === 'factor_confirm') this.store.set({needs_factor: false, phase: 'online'});
		if (!OWN.has(verb) || (verb === 'phone_bind' && result.pending)) return;
		const {connection} = this;
		Promise.resolve().then(() => connection === this.connection && this.refresh());
	}

	/**
	 * Whether to show what asks that verb; the hub decides.
	 * @param {string} verb
	 * @param {string} [place] that it is about; '' is the whole country
	 */
	can(verb, place = '') {
		return this._may(verb, place) !== 'no';
	}

	/** Whether it is allowed on a stated reason alone. @param {string} verb @param {string} [place] */
	needsReason(verb, place = '') {
		return this._may(verb, place) === 'reason';
	}

	/** @param {string} verb @param {string} place */
	_may(verb, place) {
		const {grants, work, registration} = this.state;
		/** @type {Record<string, number>} */
		const roles = Role;
		const held = grants.map((grant) => ({...grant, role: roles[`ROLE_${grant.role}`] ?? 0}));
		const home = registration === 'REGISTERED' ? this.state.place : '';
		return may({free: this.isFree, place: home, work: home && work, grants: held}, verb, place, this.hubNow());
	}

	/**
	 * @param {string} key of whoever wants to hear; the next under it takes its place
	 * @param {import('./watching.js').Wanted} what
	 * @returns {() => void} ends it
	 */
	watch(key, what) {
		const end = this.watching.want(key, what);
		this.flushSoon();
		return () => {
			if (end()) this.flushSoon();
		};
	}

	/** What a view keeps for when there is no network. @param {string} name @param {any} value */
	keep(name, value) {
		if (this.state.person) this.account.keep(name, value);
	}

	/** @param {string} name */
	kept(name) {
		return this.account.kept(name);
	}

	/* Sending. */

	flushSoon() {
		if (this.isFlushDue) return;
		this.isFlushDue = true;
		Promise.resolve().then(() => this._flush());
	}

	/** All that may go, in as many frames as it takes; what comes back sends login, watch and whatever has no answer in one. */
	_flush() {
		this.isFlushDue = false;
		while (this._flushOnce());
		this.cancelFlush();
		this.asks.expire();
		const due_ms = this.asks.due_ms;
		if (due_ms < Infinity) this.cancelFlush = this.setTimer(() => this._flush(), Math.max(due_ms - this.now(), 1));
	}

	/** @returns {boolean} whether there may be more */
	_flushOnce() {
		if (!this.link.isOpen || this.stage === 'no') return false;
		/** @type {Uint8Array[]} */
		const pieces = [];
		if (this.loginId < 0) pieces.push(this._loginPiece());
		const isFirst = pieces.length > 0;
		// Until one is in no second frame is sent, and in the first nothing that is another's.
		const mayAsk = this.stage === 'in' || (isFirst && this._isSamePerson());
		if (mayAsk && this.watching.isDue && this.watchId === 0 && this._hasFactor()) pieces.push(this._watchPiece());
		if (this.pulseDue) pieces.push(encodeFrame({pulse: {}}));
		this.pulseDue = false;
		const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
		if (mayAsk) pieces.push(...this.asks.take(FRAME_MAX_BYTES - length, (this.watchId > 0 ? 1 : 0) + (isFirst ? 1 : 0)));
		if (pieces.length === 0) return false;
		this.link.send(joinFrames(pieces));
		return this.stage === 'in';
	}

	_hasFactor() {
		return this.stage !== 'in' || !this.state.needs_factor;
	}

	/** Whether who logs in is known to be the one whose requests wait. */
	_isSamePerson() {
		return this.state.person !== '' && !this.account.isTrying && (this.account.token !== '' || this.how.dev !== undefined);
	}

	_loginPiece() {
		this.loginId = this.asks.nextId();
		const body = loginBody(this.how, this.account.token, this.ticket, this.wechatCode);
		return encodeFrame({requests: [/** @type {any} */ ({id: this.loginId, login: body})]});
	}

	_watchPiece() {
		this.watchId = this.asks.nextId();
		this.isResume = this.isFirstWatch && this.watching.hasCursors;
		this.isFirstWatch = false;
		return encodeFrame({requests: [/** @type {any} */ ({id: this.watchId, watch: this.watching.take(this.isResume)})]});
	}

	/* The connection. */

	_opened() {
		this.connection++;
		this._greet();
	}

	/** The login; a ticket or a code that it takes is got first. */
	_greet() {
		if (!this.account.token && this.how.desk) return this._greetAtDesk(this.how.desk.device);
		if (!this.account.token && this.how.wechat) return this._greetByWechat(this.how.wechat);
		this._sendLogin();
	}

	_sendLogin() {
		this.stage = 'asked';
		this.loginId = -1;
		this.watchId = 0;
		this.isFirstWatch = true;
		this.watching.down();
		this._flush();
	}

	/** @param {string} device */
	_greetAtDesk(device) {
		this.link.bePatient(DESK_PATIENCE_MS);
		if (this.ticket && this.ticket.until_ms > this.hubNow()) return this._sendLogin();
		this.deskId = this.asks.nextId();
		this.link.send(encodeFrame({requests: [/** @type {any} */ ({id: this.deskId, desk_open: {device}})]}));
	}

	/** @param {string | (() => Promise<string>)} wechat */
	async _greetByWechat(wechat) {
		const {connection} = this;
		try {
			this.wechatCode = typeof wechat === 'string' ? wechat : await wechat();
		} catch {
			if (connection === this.connection) this._end('refused', new Refusal('UNAVAILABLE', 'wechat', 0, 'login'));
			return;
		}
		if (connection === this.connection && this.link.isOpen) this._sendLogin();
	}

	/** @param {{code: number, reason: string}} end */
	_down(end) {
		const wasIn = this.stage === 'in';
		const wasAsked = this.stage === 'asked' && this.loginId > 0;
		this.connection++;
		this.stage = 'no';
		this.watchId = this.deskId = 0;
		this.pulseDue = false;
		this.asks.down();
		this.watching.down();
		const isQuiet = this.isRefresh;
		this.isRefresh = false;
		if (!isQuiet) this.outbox.defer();
		if (wasIn) this.account.seen(this.link.heard_ms);
		if (wasAsked) this.how = {...this.how, code: undefined}; // it may have been used
		if (end.code === CODE.REVOKED) {
			this._forgetPerson();
			return this._end('signed-out', new Refusal('REVOKED', '', 0, 'login'));
		}
		if (wasAsked && typeof this.how.wechat === 'string' && !this.account.token) return this._end('refused', new Refusal('UNAVAILABLE', 'wechat', 0, 'login'));
		const {phase} = this.state;
		if (isQuiet) return;
		if (phase === 'connecting' || phase === 'online' || phase === 'needs-factor') this.store.set({phase: 'offline', since_ms: this.account.seen_ms || null});
		this._flush(); // sets the time at which what waits is given up
	}

	/** Answers first, then events, then tallies. @param {Uint8Array} bytes */
	_heard(bytes) {
		const frame = decodeFrame(bytes);
		for (const answer of frame.answers) this._answered(answer);
		for (const event of frame.events) {
			if (this.watching.isNew(event) && event.what) this._tell({[event.what]: event[event.what], at_ms: event.at_ms});
		}
		if (frame.tallies.length > 0) this._tell({tallies: frame.tallies});
		if (frame.pulse) {
			this.watching.pulse(frame.pulse);
			this.pulseDue = true;
		}
		this.flushSoon();
	}

	/** @param {Happening} happening */
	_tell(happening) {
		for (const hearer of [...this.hearers]) hearer(happening);
	}

	/** @param {import('./generated/frame.pb.js').Answer} answer */
	_answered(answer) {
		const status = statusName(answer.status);
		/** @param {string} verb */
		const refusal = (verb) => new Refusal(status, answer.field, answer.retry_after_ms, verb);
		if (answer.id === this.loginId) {
			this.loginId = 0;
			if (status === 'OK' && answer.login) this._admitted(answer.login);
			else this._rejected(refusal('login'));
		} else if (answer.id === this.watchId) {
			this.watchId = 0;
			if (status === 'OK' && answer.watch) this._watched(answer.watch);
			else this._watchRefused(refusal('watch'));
		} else if (answer.id === this.deskId) {
			this.deskId = 0;
			if (status === 'OK' && answer.desk_open) this._ticketGiven(answer.desk_open);
			else if (refusal('desk_open').mayPass) this._later(answer.retry_after_ms, () => this._greet());
			else this._end('refused', refusal('desk_open'));
		} else this.asks.answer(answer);
	}

	/** @param {import('./generated/frame.pb.js').DeskOpenResult} opened */
	_ticketGiven(opened) {
		this.ticket = opened;
		this.store.set({desk: {ticket: opened.ticket, number: opened.number, until_ms: opened.until_ms}});
		this._sendLogin();
	}

	/** On this connection. @param {number} ms @param {() => void} call */
	_later(ms, call) {
		const {connection} = this;
		this.setTimer(() => connection === this.connection && call(), Math.max(ms, AGAIN_MS));
	}

	/* In. */

	/** @param {import('./generated/frame.pb.js').LoginResult} result */
	_admitted(result) {
		const before = this.state.person;
		if (before && before !== result.person) {
			this.outbox.clear();
			this.account.forgetKept();
			this.watching.stale();
		}
		this.account.admitted(result, this.now());
		this.isFree = !this.account.token && this.how.dev !== undefined && !this.how.dev.granted;
		if (this.account.token) this.how = {}; // from now on by the token
		this.stage = 'in';
		this.ticket = null;
		this.link.settled(2 * result.pulse_ms);
		this.store.set({
			...this.account.me, phase: result.needs_factor ? 'needs-factor' : 'online', needs_factor: result.needs_factor,
			since_ms: null, error: null, desk: null,
		});
	}

	/** @param {Refusal} refusal */
	_rejected(refusal) {
		this.stage = 'no';
		switch (whatNow(refusal, this.how)) {
			case 'again':
				return this._later(refusal.retryAfterMs, () => this._sendLogin());
			case 'code':
				return this._end('needs-code', refusal);
			case 'token':
				this.account.dropToken();
				if (!this.account.token) this._forgetPerson();
				return this._end('signed-out', refusal);
			case 'ticket':
				this.ticket = null;
				return this._greet();
			case 'wechat':
				if (++this.wechatTries < WECHAT_TRIES) return this._greet();
		}
		this._end('refused', refusal);
	}

	/** @param {import('./generated/frame.pb.js').WatchResult} result */
	_watched(result) {
		const isOther = this.watching.answered(result);
		if (this.isStale || isOther) this._tell({snapshot_needed: true});
		else if (this.isResume) this._tell({resumed: true});
		this.isStale = this.isResume = false;
	}

	/** @param {Refusal} refusal */
	_watchRefused(refusal) {
		if (refusal.status === 'STALE_CURSOR') {
			this.watching.stale();
			this.isStale = true;
		} else if (refusal.mayPass) {
			this.isFirstWatch = this.isResume;
			this._later(refusal.retryAfterMs, () => {
				this.watching.again();
				this.flushSoon();
			});
		} else if (refusal.status !== 'UNAUTHENTICATED' && this.watching.refused(refusal)) this.isFirstWatch = this.isResume;
	}
}
