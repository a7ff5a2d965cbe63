/**
 * What the board says, in the language chosen on this device (kept under `board.language`): its own sentences from text/, and
 * numbers and times as the language writes them. What is said of refusals comes from the core.
 */
import { computed, ref, watchEffect } from 'vue'
import en from './text/en.js'
import zh from './text/zh-CN.js'

/** @typedef {'zh-CN'|'en'} Language */

const KEY = 'board.language'
const TEXTS = { 'zh-CN': zh, en }

function startLanguage() {
  const kept = localStorage.getItem(KEY)
  if (kept === 'zh-CN' || kept === 'en') return kept
  return navigator.language.startsWith('zh') ? 'zh-CN' : 'en'
}

/** @type {import('vue').Ref<Language>} */
export const language = ref(startLanguage())

/** All sentences of the language there is. */
export const say = computed(() => TEXTS[language.value])

/** Sets the page's language now and at each change. */
export function followLanguage(/** @type {(language: Language) => void} */ tellCore) {
  watchEffect(() => {
    document.documentElement.lang = language.value
    document.title = say.value.title
    localStorage.setItem(KEY, language.value)
    tellCore(language.value)
  })
}

const numbers = computed(() => new Intl.NumberFormat(language.value))
const clocks = computed(
  () => new Intl.DateTimeFormat(language.value, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
)
const minutes = computed(() => new Intl.DateTimeFormat(language.value, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }))
const days = computed(
  () =>
    new Intl.DateTimeFormat(language.value, {
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }),
)

/** 12,345 */
export const count = (/** @type {number} */ value) => numbers.value.format(value ?? 0)

/** 19:04:31 */
export const clock = (/** @type {number} */ ms) => clocks.value.format(ms)

/** 19:04 today, else with the day. */
export function moment(/** @type {number} */ ms) {
  if (!ms) return ''
  const today = new Date().toDateString() === new Date(ms).toDateString()
  return (today ? minutes.value : days.value).format(ms)
}
