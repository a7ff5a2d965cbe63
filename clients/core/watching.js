/**
 * All that is watched, as one `watch`; and where the session stands in the logs. Each view adds what it wants to hear under a key of its
 * own.
 *
 * @typedef {object} Wanted
 * @property {{place: string, depth: number}[]} [places]
 * @property {string[]} [calls] ids
 * @property {(refusal: import('./refusal.js').Refusal) => void} [onrefusal] it may not be watched, and is not any more
 */

const PLACES_MAX = 8;
const CALLS_MAX = 16;

export function createWatching() {
	/** @type {Map<string, Wanted>} */
	const wanted = new Map();
	/** @type {Map<number, number>} */
	const cursors = new Map();
	let epoch = '';
	let isDue = true;
	/** Since a connection was lost, until it is known from where this one goes on: what comes meanwhile must not move the cursors past what
	 * is to come. */
	let isBetween = true;
	/** @type {{places: {place: string, depth: number}[], calls: string[]}} what was asked last, to find what a refusal is about */
	let asked = {places: [], calls: []};

	/** @param {import('./generated/frame.pb.js').Cursor[]} list */
	function advance(list) {
		for (const {partition, seq} of list) if (seq > (cursors.get(partition) ?? -1)) cursors.set(partition, seq);
	}

	/** Of the latest that asked, as many as the hub takes. */
	function union() {
		/** @type {Map<string, number>} */
		const places = new Map();
		/** @type {Set<string>} */
		const calls = new Set();
		for (const one of [...wanted.values()].reverse()) {
			for (const {place, depth} of one.places ?? []) {
				if (places.has(place) || places.size < PLACES_MAX) places.set(place, Math.max(places.get(place) ?? 0, depth));
			}
			for (const call of one.calls ?? []) if (calls.size < CALLS_MAX) calls.add(call);
		}
		return {places: [...places].map(([place, depth]) => ({place, depth})), calls: [...calls]};
	}

	return {
		get isDue() {
			return isDue;
		},
		get hasCursors() {
			return epoch !== '';
		},
		/** What is wanted under a key takes the place of what was. @param {string} key @param {Wanted} what @returns {() => boolean} ends it */
		want(key, what) {
			const mine = {...what};
			wanted.delete(key);
			wanted.set(key, mine);
			isDue = true;
			return () => {
				if (wanted.get(key) !== mine) return false;
				wanted.delete(key);
				return (isDue = true);
			};
		},
		/** The connection is gone: the next begins with a watch. */
		down() {
			isDue = true;
			isBetween = true;
		},
		again() {
			isDue = true;
		},
		/** The request, which counts as sent. @param {boolean} resuming with cursors, on a new connection */
		take(resuming) {
			isDue = false;
			asked = union();
			if (!resuming || epoch === '') return {...asked};
			return {...asked, epoch, cursors: [...cursors].map(([partition, seq]) => ({partition, seq}))};
		},
		/** @param {import('./generated/frame.pb.js').WatchResult} result @returns {boolean} what is known is of another life of the logs */
		answered(result) {
			const isOther = epoch !== '' && epoch !== result.epoch;
			if (isOther) cursors.clear();
			epoch = result.epoch;
			isBetween = false;
			advance(result.cursors);
			return isOther;
		},
		/** The cursors reach back too far: watch from now on. */
		stale() {
			cursors.clear();
			epoch = '';
			isDue = true;
		},
		/** Takes out what the refusal names; false if it names none of it. @param {import('./refusal.js').Refusal} refusal */
		refused(refusal) {
			const named = /^(places|calls)\[(\d+)\]/.exec(refusal.field);
			if (!named) return false;
			const index = Number(named[2]);
			const place = named[1] === 'places' ? asked.places[index]?.place : undefined;
			const call = named[1] === 'calls' ? asked.calls[index] : undefined;
			let found = false;
			for (const what of [...wanted.values()]) {
				const hasPlace = place !== undefined && what.places?.some((one) => one.place === place);
				if (!hasPlace && !(call !== undefined && what.calls?.includes(call))) continue;
				what.places = what.places?.filter((one) => one.place !== place);
				what.calls = what.calls?.filter((one) => one !== call);
				found = true;
				what.onrefusal?.(refusal);
			}
			isDue = isDue || found;
			return found;
		},
		/** @param {import('./generated/frame.pb.js').Pulse} pulse */
		pulse(pulse) {
			if (!isBetween && pulse.epoch === epoch) advance(pulse.cursors);
		},
		/** Whether an event is new; it has been seen then. @param {import('./generated/frame.pb.js').Event} event */
		isNew(event) {
			const seen = cursors.get(event.partition);
			if (seen !== undefined && event.seq <= seen) return false;
			if (!isBetween) cursors.set(event.partition, event.seq);
			return true;
		},
		clear() {
			wanted.clear();
			this.stale();
		},
	};
}
