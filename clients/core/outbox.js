/**
 * What may wait until there is a network: a sign-up, a withdrawal, a tick at the door. Each is on the device, under its `once`, from the moment
 * it is asked until its answer was seen; so it is done once, also if the app is closed in between or the answer is lost.
 *
 * @typedef {object} Item
 * @property {string} id its `once`, in hexadecimal digits
 * @property {string} verb
 * @property {any} body
 * @property {string} why
 * @property {number} at_ms when it was asked
 * @property {'waiting' | 'sending' | 'refused'} state
 * @property {{status: string, field: string, verb: string} | null} refusal to be told, and kept until drop()
 */
import {fromHex, toHex, uuid7} from './bytes.js';
import {Refusal} from './refusal.js';

const ITEMS_MAX = 500;

/**
 * @param {object} options
 * @param {() => string | null} options.load
 * @param {(text: string) => void} options.save
 * @param {ReturnType<typeof import('./asks.js').createAsks>} options.asks
 * @param {() => number} options.hubNow
 * @param {() => number} options.random
 * @param {() => void} options.changed
 */
export function createOutbox({load, save, asks, hubNow, random, changed}) {
	/** @type {Item[]} */
	let items = read(load());
	/** @type {Map<string, import('./asks.js').Ask>} */
	const asked = new Map();
	/** @type {Map<string, {resolve: (result: any) => void, reject: (refusal: Refusal) => void}>} who still waits for it */
	const waiting = new Map();

	/** @param {Item[]} next */
	function keep(next) {
		items = next;
		save(JSON.stringify(items));
		changed();
	}

	/** @param {string} id @param {Partial<Item>} patch */
	function mark(id, patch) {
		keep(items.map((item) => (item.id === id ? {...item, ...patch} : item)));
	}

	/** @param {string} id */
	function remove(id) {
		asked.delete(id);
		waiting.delete(id);
		keep(items.filter((item) => item.id !== id));
	}

	/** What is done to one chain is done in its order; of one kind all may go at once. @param {Item} item @param {number} index */
	function mayGo(item, index) {
		if (item.state === 'refused' || asked.has(item.id)) return false;
		return !items.slice(0, index).some((one) => one.state !== 'refused' && one.body.call === item.body.call && one.verb !== item.verb);
	}

	/** @param {string} id @param {any} result */
	function done(id, result) {
		waiting.get(id)?.resolve(result);
		remove(id);
		feed();
	}

	/** @param {string} id @param {Refusal} refusal */
	function refused(id, refusal) {
		const who = waiting.get(id);
		asked.delete(id);
		if (refusal.status === 'SIGNED_OUT') return who?.reject(refusal);
		if (who) {
			who.reject(refusal);
			remove(id);
		} else if (refusal.status === 'ALREADY') remove(id); // somebody else has done it: what was wanted is so
		else mark(id, {state: 'refused', refusal: {status: refusal.status, field: refusal.field, verb: refusal.verb}});
		feed();
	}

	/** Hands over to the asks all that may go. */
	function feed() {
		for (const item of items.filter(mayGo)) {
			const ask = asks.add(item.verb, item.body, {
				why: item.why,
				once: fromHex(item.id),
				onanswer: (result) => done(item.id, result),
				onrefusal: (refusal) => refused(item.id, refusal),
			});
			asked.set(item.id, ask);
		}
	}

	feed();
	return {
		get items() {
			return items.map((item) => (asked.get(item.id)?.sent ? {...item, state: /** @type {const} */ ('sending')} : item));
		},

		/**
		 * @param {string} verb
		 * @param {any} body
		 * @param {string} why
		 * @returns {Promise<any>} the answer; or `{deferred: id}` if there is no connection, or it is lost before the answer comes
		 */
		add(verb, body, why) {
			if (items.length >= ITEMS_MAX) return Promise.reject(new Refusal('FULL', 'outbox', 0, verb));
			const id = toHex(uuid7(hubNow(), random));
			const promise = new Promise((resolve, reject) => waiting.set(id, {resolve, reject}));
			keep([...items, {id, verb, body, why, at_ms: hubNow(), state: 'waiting', refusal: null}]);
			feed();
			return promise;
		},

		/** There is no connection: nobody need wait for an answer any more. */
		defer() {
			for (const [id, {resolve}] of waiting) resolve({deferred: id});
			waiting.clear();
			changed();
		},

		/** A refusal was seen, or one has thought better of what is still waiting; what is on its way cannot be taken back. @param {string} id */
		drop(id) {
			const ask = asked.get(id);
			if (ask?.wasSent) return false;
			if (ask) asks.forget(ask);
			waiting.get(id)?.reject(new Refusal('DROPPED', '', 0, ask?.verb));
			remove(id);
			feed();
			return true;
		},

		/** One has logged out, or is another person. */
		clear() {
			for (const ask of asked.values()) asks.forget(ask);
			for (const {reject} of waiting.values()) reject(new Refusal('SIGNED_OUT'));
			asked.clear();
			waiting.clear();
			keep([]);
		},
	};
}

/** @param {string | null} text @returns {Item[]} */
function read(text) {
	try {
		const items = JSON.parse(text ?? '[]');
		return items.map((/** @type {Item} */ item) => (item.state === 'refused' ? item : {...item, state: 'waiting'}));
	} catch {
		return [];
	}
}
