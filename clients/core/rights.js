/**
 * Who may do what, for showing a button or not; the hub decides. The rows are those of backend/verbs/rights.c (a test compares them):
 * a letter for each role from member to auditor: o at its place and below, r also above, w below and with a stated reason, - never.
 * What has no row is one's own, and needs no role.
 */
import {Role} from './generated/frame.pb.js';

/** @type {Record<string, string>} */
export const REACHES = {
	watch: 'ooooooo--',
	place_import: '------o--',
	tally_list: 'ooooooo--',
	member_list: '-oow-----',
	pending_list: '-oo------',
	pending_decide: '-oo------',
	call_post: '-ooo-----',
	call_list: 'ooooooo--',
	call_show: 'rrrrrrr--',
	chain_join: 'rrrrrr---',
	chain_list: 'rrrwrr---',
	chat_print: 'rrr-rr---',
	template_save: '-ooo-----',
	template_list: '-ooo-----',
	template_remove: '-ooo-----',
	roster_import: '--o---o--',
	roster_list: '--ow-----',
	roster_remove: '--o---o--',
	grant_give: '--oo---o-',
	grant_take: '--oo---o-',
	grant_list: '--oo--ooo',
	person_export: '--o------',
	person_erase: '--o----o-',
	invite_give: '-oo------',
	chain_phones: '-oo------',
	audit_list: '--------o',
	place_image: '-oo------',
};

const GRID_DIGITS = 15;

/** @param {string} outer '' is the whole country @param {string} inner */
export function covers(outer, inner) {
	return inner.slice(0, outer.length) === outer;
}

/**
 * @typedef {object} Holder
 * @property {boolean} free a development login, which may do everything
 * @property {string} place where registered, or ''
 * @property {string} work
 * @property {{role: number, place: string, until_ms: number}[]} grants
 */

/**
 * @param {Holder} holder
 * @param {string} verb
 * @param {string} place what it is about, or the place of the call or person it is about; '' the whole country
 * @param {number} now_ms
 * @returns {'yes' | 'reason' | 'no'} 'reason': if one is stated
 */
export function may(holder, verb, place, now_ms) {
	const row = REACHES[verb];
	if (holder.free || !row) return 'yes';
	const homes = [holder.place, holder.work].filter(Boolean).map((home) => ({role: Role.ROLE_MEMBER, place: home.slice(0, GRID_DIGITS), until_ms: 0}));
	let answer = /** @type {'yes' | 'reason' | 'no'} */ ('no');
	for (const {role, place: at, until_ms} of [...homes, ...holder.grants]) {
		if (until_ms > 0 && now_ms >= until_ms) continue;
		const reach = row[role - 1];
		if ((reach === 'o' && covers(at, place)) || (reach === 'r' && (covers(at, place) || covers(place, at)))) return 'yes';
		if (reach === 'w' && covers(at, place)) answer = 'reason';
	}
	return answer;
}
