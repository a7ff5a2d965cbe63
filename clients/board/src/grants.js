/**
 * Which places one may look at, out of what the last login said: where one holds a role that sees figures, and where one is
 * registered.
 */

/** Those who keep the system in order see none of what is in it (backend/verbs/rights.c, TALLY_LIST). */
const BLIND = ['SECURITY', 'AUDITOR']

/**
 * @param {{grants: {role: string, place: string, until_ms: number}[], registration: string, place: string, work?: string}} state
 *   of the session
 * @param {boolean} free a development login, which may do everything
 * @param {number} now_ms by the hub's clock
 * @returns {string[]} places, none of them under another, in the order of their codes; '' is the whole country
 */
export function placesToLookAt(state, free, now_ms) {
  if (free) return ['']
  const granted = state.grants.filter((it) => !BLIND.includes(it.role) && (!it.until_ms || it.until_ms > now_ms)).map((it) => it.place)
  const homes = state.registration === 'REGISTERED' ? [state.place, state.work ?? ''].filter(Boolean).map((it) => it.slice(0, 15)) : []
  const all = [...new Set([...granted, ...homes])].sort()
  return all.filter((code) => !all.some((other) => other !== code && code.startsWith(other)))
}
