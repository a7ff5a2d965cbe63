/** State that others look at: one plain frozen object, replaced on each change. */

/**
 * @template {object} State
 * @typedef {object} Store
 * @property {State} state
 * @property {(patch: Partial<State>) => void} set
 * @property {(listener: () => void) => () => void} on called after changes, at most once a turn; gives what ends it
 */

/**
 * @template {object} State
 * @param {State} initial
 * @returns {Store<State>}
 */
export function createStore(initial) {
	let state = Object.freeze({...initial});
	/** @type {Set<() => void>} */
	const listeners = new Set();
	let due = false;
	function tell() {
		due = false;
		for (const listener of [...listeners]) listener();
	}
	return {
		get state() {
			return state;
		},
		set(patch) {
			state = Object.freeze({...state, ...patch});
			if (due) return;
			due = true;
			Promise.resolve().then(tell);
		},
		on(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
	};
}
