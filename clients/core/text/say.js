/** What is said to people, in the language that was set. */
import zh from './zh-CN.js';
import en from './en.js';

const LANGUAGES = {'zh-CN': zh, en};
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** All of China has one time. */
const ZONE_MS = 8 * 3600000;
const MINUTE_MS = 60000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** @type {'zh-CN' | 'en'} */
let current = 'zh-CN';

/** @param {'zh-CN' | 'en'} language */
export function setLanguage(language) {
	current = language;
}

export function language() {
	return current;
}

/** @param {string} key @returns {string | undefined} */
function find(key) {
	/** @type {Record<string, string>} */
	const texts = LANGUAGES[current];
	return texts[key];
}

/** @param {string} key @param {Record<string, string | number>} [values] for {name} in it */
export function say(key, values = {}) {
	return (find(key) ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** 'to.slots[2].label' is 'slots.label'. @param {string} field */
function pathOf(field) {
	return field.replace(/\[\d+\]/g, '').replace(/^to\./, '');
}

/**
 * Why the hub said no: the rule of that field for that verb, for the verbs of its noun, or for all; or else what the status says.
 * @param {{status: string, field: string, verb: string}} refusal
 */
export function sayRefusal({status, field, verb}) {
	const rule = `rule.${status}.${pathOf(field)}`;
	const found = find(`${rule}@${verb}`) ?? find(`${rule}@${verb.split('_')[0]}`) ?? find(rule);
	if (found) return found;
	const what = find(`status.${status}`) ?? say('status.unknown', {status});
	return field && (status === 'BAD_REQUEST' || status === 'NOT_FOUND') ? say('refusal.named', {what, field}) : what;
}

/** @param {number} ms */
function parts(ms) {
	const date = new Date(ms + ZONE_MS);
	const two = (/** @type {number} */ n) => (n < 10 ? '0' : '') + n;
	return {
		day: Math.floor((ms + ZONE_MS) / DAY_MS),
		year: date.getUTCFullYear(),
		month: date.getUTCMonth(),
		date: date.getUTCDate(),
		clock: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`,
	};
}

/** 'today 19:40', '4月12日 19:40'. @param {number} ms 0: not said @param {number} now_ms */
export function sayMoment(ms, now_ms) {
	if (!ms) return say('time.none');
	const then = parts(ms);
	const now = parts(now_ms);
	const near = {'0': 'today', '1': 'tomorrow', '-1': 'yesterday'}[then.day - now.day];
	if (near) return say(`time.${near}`, {clock: then.clock});
	const month = current === 'en' ? MONTHS[then.month] : then.month + 1;
	return say(then.year === now.year ? 'time.date' : 'time.year', {year: then.year, month, day: then.date, clock: then.clock});
}

/** How long: '3 min', '2 小时 30 分钟', '4 days'. @param {number} ms */
export function saySpan(ms) {
	if (ms < HOUR_MS) return say('time.minutes', {count: Math.max(1, Math.round(ms / MINUTE_MS))});
	if (ms >= 2 * DAY_MS) return say('time.days', {count: Math.floor(ms / DAY_MS)});
	const minutes = Math.round(ms / MINUTE_MS);
	if (minutes % 60 === 0) return say('time.hours', {count: minutes / 60});
	return say('time.hours-minutes', {hours: Math.floor(minutes / 60), minutes: minutes % 60});
}

/** 'just now', '3 min ago', 'yesterday 19:40'. @param {number} ms @param {number} now_ms */
export function sayAgo(ms, now_ms) {
	const ago = now_ms - ms;
	if (ago < MINUTE_MS) return say('time.now');
	return ago < 12 * HOUR_MS ? say('time.ago', {span: saySpan(ago)}) : sayMoment(ms, now_ms);
}

/** Until a deadline: '3 min left', or how long it is over. @param {number} ms @param {number} now_ms */
export function sayLeft(ms, now_ms) {
	return ms >= now_ms ? say('time.left', {span: saySpan(ms - now_ms)}) : say('time.over', {span: saySpan(now_ms - ms)});
}
