/** What is said when the hub says no: the core's sentence where it has one. */
import { say } from './say.js'

export function tellCoreLanguage() {}

/** @param {any} refusal as session.ask throws it */
export function sayRefusal(refusal) {
  return say.value.refusal[refusal?.status] ?? say.value.refusal.other
}
