/**
 * How the board looks on this device: as the device has it, light or dark. Kept under `board.look`.
 *
 * The colours of the dark stand once, in the style sheets under `prefers-color-scheme: dark`; what is chosen here opens or closes
 * those rules.
 */
import { ref, watchEffect } from 'vue'

/** @typedef {'device'|'light'|'dark'} Look */

const KEY = 'board.look'
const DARK = '(prefers-color-scheme: dark)'
const LOOKS = /** @type {Look[]} */ (['device', 'light', 'dark'])
const MEDIA = /** @type {Record<Look, string>} */ ({ device: DARK, light: 'not all', dark: 'all' })

/** @type {import('vue').Ref<Look>} */
export const look = ref(LOOKS.find((it) => it === localStorage.getItem(KEY)) ?? 'device')

/** All rules that are for the dark, also those that were opened or closed. @type {CSSMediaRule[]} */
const rules = []

function findRules() {
  for (const sheet of document.styleSheets)
    for (const rule of sheet.cssRules) if (rule instanceof CSSMediaRule && rule.media.mediaText === DARK) rules.push(rule)
}

/** Sets the look on the page now and at each change. To be called once, when the style sheets are there. */
export function followLook() {
  findRules()
  watchEffect(() => {
    for (const rule of rules) rule.media.mediaText = MEDIA[look.value]
    document.documentElement.style.colorScheme = look.value === 'device' ? 'light dark' : look.value
    localStorage.setItem(KEY, look.value)
  })
}

/** On to the next look: device, light, dark. */
export function nextLook() {
  look.value = LOOKS[(LOOKS.indexOf(look.value) + 1) % LOOKS.length]
}
