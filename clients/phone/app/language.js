/** What is said to people, in their language. */
import {computed, ref} from 'vue';
import en from '../text/en.js';
import zh from '../text/zh-CN.js';

/** @typedef {'zh-CN'|'en'} Language */

const TEXTS = {'zh-CN': zh, en};

/** @type {import('vue').Ref<Language>} */
export const language = ref('zh-CN');

const text = computed(() => TEXTS[language.value]);

/**
 * @param {string} key of the text files
 * @param {Record<string, string|number>} [words] what stands in its {braces}
 * @returns {string}
 */
export function say(key, words = {}) {
  const said = text.value[words.n === 1 && `${key}_one` in text.value ? `${key}_one` : key];
  if (said === undefined) throw new Error(`no text ${key}`);
  return said.replace(/\{(\w+)\}/g, (_, name) => String(words[name] ?? ''));
}

/** @param {Language} next */
export function setLanguage(next) {
  language.value = next;
  // #ifdef H5
  document.documentElement.lang = next;
  // #endif
}
