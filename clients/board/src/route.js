/**
 * Where one is on the board: it stands behind the # of the address, which goes to no server.
 *
 *   #/                    the place one has, or a choice of several
 *   #/place/CODE          a place and what lies under it
 *   #/call/ID/at/CODE     a call, opened from that place
 *   #/wall/CODE[/SECONDS] the same for a screen on the wall; with seconds it goes round the places below
 *   #/invite/TOKEN        an invite, which is taken out of the address at once
 */
import { shallowRef } from 'vue'

/** @typedef {{page: 'home'|'place'|'call'|'wall'|'invite'|'unknown', code: string, call: string, token: string, turn: number}} Route */

const NOWHERE = { code: '', call: '', token: '', turn: 0 }

/**
 * @param {string} hash with its #
 * @returns {Route}
 */
export function parseRoute(hash) {
  const path = hash.replace(/^#\/?/, '')
  let found
  if (!path) return { ...NOWHERE, page: 'home' }
  if ((found = /^place\/(\d{2,18})$/.exec(path))) return { ...NOWHERE, page: 'place', code: found[1] }
  if ((found = /^call\/(\d+\.\d+)(?:\/at\/(\d{2,18}))?$/.exec(path)))
    return { ...NOWHERE, page: 'call', call: found[1], code: found[2] ?? '' }
  if ((found = /^wall\/(\d{2,18})(?:\/(\d{1,4}))?$/.exec(path)))
    return { ...NOWHERE, page: 'wall', code: found[1], turn: Number(found[2] ?? 0) }
  if ((found = /^invite\/([^/]{1,100})$/.exec(path))) return { ...NOWHERE, page: 'invite', token: decodeURIComponent(found[1]) }
  return { ...NOWHERE, page: 'unknown' }
}

export const toPlace = (/** @type {string} */ code) => `#/place/${code}`
export const toCall = (/** @type {string} */ call, /** @type {string} */ place) => `#/call/${call}/at/${place}`
export const toWall = (/** @type {string} */ code, turn = 0) => (turn ? `#/wall/${code}/${turn}` : `#/wall/${code}`)

/** The route there is; replaced at every change of the address. */
export const route = shallowRef(parseRoute(''))

/** Follows the address from now on. An invite is handed to `onInvite` and taken out of the address and the history. */
export function followAddress(/** @type {(token: string) => void} */ onInvite) {
  const read = () => {
    const now = parseRoute(location.hash)
    if (now.page !== 'invite') {
      route.value = now
      return
    }
    history.replaceState(null, '', '#/')
    route.value = parseRoute('')
    onInvite(now.token)
  }
  addEventListener('hashchange', read)
  read()
}
