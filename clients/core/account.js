/**
 * Who one is: what the last login said, and what of it stays on the device so that one is somebody without a network too. All keys in the storage
 * are named here, and forget() leaves none.
 *
 * @typedef {object} Storage synchronous, as localStorage and wx's are
 * @property {(key: string) => string | null | undefined} get
 * @property {(key: string, value: string) => void} set
 * @property {(key: string) => void} remove
 */
import {registrationName, roleName} from './status.js';

const KEY = {token: 'gv.token', trying: 'gv.trying', me: 'gv.me', outbox: 'gv.outbox', kept: 'gv.kept.'};
/** What views may keep for when there is no network. */
const KEPT = ['grid', 'mine'];

/** Nobody. */
export const NOBODY = {
	person: '', name: '', place: '', organisation: '', work: '', phone: '', registration: 'NONE', refusal: '',
	grants: /** @type {{role: string, place: string, until_ms: number}[]} */ ([]), consent: '', policy: '', device: 0,
};

/** @param {import('./generated/frame.pb.js').LoginResult} result @returns {typeof NOBODY} */
export function meOf(result) {
	const {person, name, place, organisation, work, phone, refusal, consent, policy, device} = result;
	const grants = result.grants.map((grant) => ({role: roleName(grant.role), place: grant.place, until_ms: grant.until_ms}));
	return {person, name, place, organisation, work, phone, refusal, consent, policy, device, grants, registration: registrationName(result.registration)};
}

/** @param {Storage} storage */
export function createAccount(storage) {
	/** @param {string} key @returns {any} */
	function read(key) {
		try {
			return JSON.parse(storage.get(key) || 'null');
		} catch {
			return null;
		}
	}

	/** A storage that is full or forbidden costs what outlives the app, and nothing else. @param {string} key @param {string} value */
	function write(key, value) {
		try {
			storage.set(key, value);
		} catch {
			// as said
		}
	}

	const saved = read(KEY.me);
	let ahead_ms = Number(saved?.ahead_ms) || 0;
	return {
		/** The token to log in with: one that is being tried, as an invite, before the one there was. */
		get token() {
			return storage.get(KEY.trying) || storage.get(KEY.token) || '';
		},
		get isTrying() {
			return Boolean(storage.get(KEY.trying));
		},
		/** How far the hub's clock is ahead of the device's. */
		get ahead_ms() {
			return ahead_ms;
		},
		me: /** @type {typeof NOBODY} */ ({...NOBODY, ...saved?.me}),
		seen_ms: Number(saved?.seen_ms) || 0,

		/** An invite from a link is kept before it is used, for the link is gone from the address by then. @param {string} token */
		tryToken(token) {
			write(KEY.trying, token);
		},
		/** It was no good; the one there was stays. */
		dropToken() {
			storage.remove(storage.get(KEY.trying) ? KEY.trying : KEY.token);
		},
		/** Let in. The old token is good until the new one is used, so writing over it loses nothing. @param {import('./generated/frame.pb.js').LoginResult} result @param {number} now_ms */
		admitted(result, now_ms) {
			const token = result.token || storage.get(KEY.trying);
			if (token) write(KEY.token, token);
			storage.remove(KEY.trying);
			ahead_ms = result.now_ms - now_ms;
			this.me = meOf(result);
			this.seen(now_ms);
		},
		/** @param {number} now_ms when the hub was heard last */
		seen(now_ms) {
			this.seen_ms = now_ms;
			write(KEY.me, JSON.stringify({me: this.me, ahead_ms, seen_ms: now_ms}));
		},
		loadOutbox: () => storage.get(KEY.outbox) ?? null,
		/** @param {string} text */
		saveOutbox(text) {
			if (text === '[]') storage.remove(KEY.outbox);
			else write(KEY.outbox, text);
		},
		/** @param {string} name @param {any} value */
		keep(name, value) {
			if (KEPT.includes(name)) write(KEY.kept + name, JSON.stringify(value));
		},
		/** @param {string} name */
		kept: (name) => read(KEY.kept + name),
		forgetKept() {
			for (const name of KEPT) storage.remove(KEY.kept + name);
		},
		forget() {
			this.me = NOBODY;
			this.seen_ms = 0;
			for (const key of [KEY.token, KEY.trying, KEY.me, KEY.outbox]) storage.remove(key);
			this.forgetKept();
		},
	};
}
