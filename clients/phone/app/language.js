/** What is said to people, in their language: the phone's own sentences, and those that all clients share (core/text). */
import {ref} from 'vue';
import * as shared from '../../core/text/say.js';
import en from '../text/en.js';
import zh from '../text/zh-CN.js';
import {session} from './session.js';
import {keep, kept} from './storage.js';

/** @typedef {'zh-CN'|'en'} Language */

const TEXTS = {'zh-CN': zh, en};

/** Whatever is said in a template is said anew when this changes. @type {import('vue').Ref<Language>} */
export const language = ref('zh-CN');

/**
 * @param {string} key of the phone's text files, or of the shared ones
 * @param {Record<string, string|number>} [words] what stands in its {braces}; with `n` 1, KEY_one is said where there is one
 * @returns {string}
 */
export function say(key, words = {}) {
  const text = TEXTS[language.value];
  const said = (words.n === 1 && text[`${key}_one`]) || text[key];
  if (said === undefined) return shared.say(key, words);
  return said.replace(/\{(\w+)\}/g, (_, name) => String(words[name] ?? ''));
}

/** Why it was refused. @param {{status: string, field: string, verb: string}} refusal; anything else is a fault of ours, and not hidden */
export function sayRefusal(refusal) {
  if (!refusal.status) throw refusal;
  return language.value && shared.sayRefusal(refusal);
}

/** A moment: 'today 19:40'. @param {number} ms */
export function sayTime(ms) {
  return language.value && shared.sayMoment(ms, session.hubNow());
}

/** How long until then, or how long it is over. @param {number} ms */
export function sayLeft(ms) {
  return language.value && shared.sayLeft(ms, session.hubNow());
}

/** 150 minutes are '2 h 30 min'. @param {number} minutes */
export function sayMinutes(minutes) {
  return language.value && (minutes > 0 ? shared.saySpan(Math.min(minutes, 2879) * 60000) : shared.say('time.minutes', {count: 0}));
}

/** As it was chosen here, or else as the phone has it. */
export function startLanguage() {
  const own = kept('language') || uni.getSystemInfoSync().language || 'zh-CN';
  show(own.startsWith('zh') ? 'zh-CN' : 'en');
}

/** @param {Language} next */
export function setLanguage(next) {
  keep('language', next);
  show(next);
}

/** @param {Language} next */
function show(next) {
  shared.setLanguage(next);
  language.value = next;
  // #ifdef H5
  document.documentElement.lang = next;
  // #endif
}

/** Where the hub shows the privacy policy. */
export function policyPage() {
  return language.value === 'en' ? '/privacy.en' : '/privacy';
}
