/**
 * Open calls as a supervisor reads them: what is urgent and short of people first.
 *
 * @typedef {{call: string, title: string, place: string, placeName?: string, need: number, limit: number,
 *   confirmed: number, waiting: number, missing: number, urgent: boolean, deadline_ms: number, starts_ms?: number,
 *   meeting?: string}} OpenCall
 */

/**
 * What is urgent and short of people first, then what is short by how many are missing, then what ends first.
 * @template {OpenCall} T
 * @param {T[]} calls
 * @returns {T[]}
 */
export function byUrgency(calls) {
  const isPressing = (/** @type {T} */ it) => Number(it.urgent && it.missing > 0)
  return [...calls].sort((a, b) => isPressing(b) - isPressing(a) || b.missing - a.missing || a.deadline_ms - b.deadline_ms)
}

/**
 * The calls that concern a place: at it, under it, and above it.
 * @template {OpenCall} T
 * @param {T[]} calls
 * @param {string} place
 */
export function concerning(calls, place) {
  return calls.filter((call) => call.place.startsWith(place) || place.startsWith(call.place))
}

/**
 * How many are missing at and under each of the given places.
 * @param {OpenCall[]} calls
 * @param {number} digits of the places
 * @returns {Map<string, number>}
 */
export function missingByPlace(calls, digits) {
  /** @type {Map<string, number>} */
  const missing = new Map()
  for (const call of calls) {
    if (!call.missing || call.place.length < digits) continue
    const place = call.place.slice(0, digits)
    missing.set(place, (missing.get(place) ?? 0) + call.missing)
  }
  return missing
}
