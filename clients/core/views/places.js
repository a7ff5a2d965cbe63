/** Choosing a place: from the provinces down, one level at a time. Anybody who is logged in may look. */
import {levelOf} from './board.js';
import {View} from './view.js';

/**
 * @typedef {{code: string, name: string, children: number}} Place
 * @typedef {object} PlacesState
 * @property {Place[]} path from the province down to where one is; [] at the top
 * @property {Place[]} children one level below, in the order of their codes
 * @property {boolean} chosen where one is may be lived in: a grid or a building group
 */

/** @extends {View<PlacesState>} */
class PlacesView extends View {
	/** @param {import('../session.js').Session} session @param {string} code */
	constructor(session, code) {
		super(session, {path: [], children: [], chosen: false});
		this.code = code;
		/** @type {Place[]} */
		this.path = [];
		/** @type {Place[]} */
		this.children = [];
	}

	subject() {
		return this.code;
	}

	async load() {
		/** @type {Place[]} */
		const children = [];
		/** @type {Place[]} */
		let path = [];
		if (this.code) await this.ask('place_show', {place: this.code}, {apply: (result) => (path = result.path)});
		await this.pages('place_list', {under: this.code, depth: 1, count: 200}, (result) => {
			children.push(...result.places);
			return result.more ? result.places[result.places.length - 1]?.code : undefined;
		});
		this.path = path;
		this.children = children;
	}

	render() {
		return {path: this.path, children: this.children, chosen: levelOf(this.code) >= 5};
	}

	isEmpty() {
		return this.code === '' && this.children.length === 0;
	}

	/** Down, or up to one of the path; '' is the top. @param {string} code */
	go(code) {
		this.code = code;
		this.reload();
	}
}

/** @param {import('../session.js').Session} session @param {string} [code] where to begin, as a poster's code says */
export function createPlacesView(session, code = '') {
	return new PlacesView(session, code);
}
