/**
 * What is written before a call is posted or changed: the fields of CallPost, and what is wrong with them before the hub is asked. The rules
 * are those of call.proto.
 */
import {characters} from '../bytes.js';
import {NamesShown} from '../generated/frame.pb.js';

const DAY_MS = 86400000;
const MANY = 100000;

/** @typedef {import('../generated/frame.pb.js').CallPost} Draft */

/** @param {string} place @returns {Draft} */
export function emptyDraft(place) {
	return {
		place, title: '', body: '', meeting: '', need: 0, limit: 0, deadline_ms: 0, bring: '', starts_ms: 0, ends_ms: 0,
		names: NamesShown.NAMES_SHOWN_FULL, window_minutes: 0, grant_minutes: 0, slots: [], questions: [],
	};
}

/** What a call says, to be changed or posted once more. @param {import('../generated/frame.pb.js').Call} call @returns {Draft} */
export function draftOf({place, title, body, meeting, need, limit, deadline_ms, bring, starts_ms, ends_ms, names, window_minutes, grant_minutes, slots, questions}) {
	return {place, title, body, meeting, need, limit, deadline_ms, bring, starts_ms, ends_ms, names, window_minutes, grant_minutes, slots, questions};
}

/** @param {string} text @param {number} least @param {number} most */
function isLine(text, least, most) {
	const length = characters(text);
	return length >= least && length <= most && !/[\n\r]/.test(text);
}

/** @param {number} n @param {number} most */
function isCount(n, most) {
	return Number.isInteger(n) && n >= 0 && n <= most;
}

/** @param {{need: number, limit: number}} of */
function needFits({need, limit}) {
	return isCount(need, MANY) && (limit === 0 || need <= limit);
}

/** @param {{starts_ms: number, ends_ms: number}} of */
function endFits({starts_ms, ends_ms}) {
	return ends_ms === 0 || ends_ms >= starts_ms;
}

/** @param {Draft['slots']} slots @returns {string[]} */
function slotProblems(slots) {
	const labels = slots.map(({label}) => label.trim());
	/** @type {string[]} */
	const problems = slots.length > 16 || new Set(labels).size < labels.length ? ['slots'] : [];
	slots.forEach((slot, index) => {
		if (!isLine(labels[index], 1, 40)) problems.push(`slots[${index}].label`);
		if (!isCount(slot.limit, MANY)) problems.push(`slots[${index}].limit`);
		if (!needFits(slot)) problems.push(`slots[${index}].need`);
		if (!endFits(slot)) problems.push(`slots[${index}].ends_ms`);
	});
	return problems;
}

/** @param {Draft['questions']} questions @returns {string[]} */
function questionProblems(questions) {
	/** @type {string[]} */
	const problems = questions.length > 8 ? ['questions'] : [];
	questions.forEach(({kind, label, choices}, index) => {
		if (!isLine(label.trim(), 1, 40)) problems.push(`questions[${index}].label`);
		const isRight = kind === 2 ? choices.length >= 2 && choices.length <= 10 && choices.every((choice) => isLine(choice, 1, 20)) : choices.length === 0;
		if (!isRight) problems.push(`questions[${index}].choices`);
	});
	return problems;
}

/**
 * @param {Draft} draft
 * @param {number} now_ms the hub's clock
 * @returns {string[]} the fields that are not as they must be, as the hub would name them; sayRefusal() has a sentence for each
 */
export function problemsOf(draft, now_ms) {
	const hasSlots = draft.slots.length > 0;
	/** @type {[string, boolean][]} */
	const rules = [
		['place', draft.place !== ''],
		['title', isLine(draft.title.trim(), 1, 60)],
		['body', characters(draft.body) <= 2000],
		['meeting', isLine(draft.meeting, 0, 120)],
		['bring', isLine(draft.bring, 0, 120)],
		['need', hasSlots || needFits(draft)],
		['limit', hasSlots || isCount(draft.limit, MANY)],
		['ends_ms', hasSlots || endFits(draft)],
		['deadline_ms', draft.deadline_ms > now_ms && draft.deadline_ms <= now_ms + 366 * DAY_MS],
		['window_minutes', isCount(draft.window_minutes, 1440)],
		['grant_minutes', isCount(draft.grant_minutes, 1440)],
	];
	return [...rules.filter(([, holds]) => !holds).map(([field]) => field), ...slotProblems(draft.slots), ...questionProblems(draft.questions)];
}
