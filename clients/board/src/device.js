/**
 * What the core wants of the device, as a browser has it. The storage is the browser's own; where it keeps nothing (a private
 * window, a full disk) one stays signed in until the page is closed.
 */
const PREFIX = 'board.' // the phone's page has the same origin, and is another device

function browserStorage() {
  /** @type {Map<string, string>} */
  const memory = new Map()
  const attempt = (/** @type {() => any} */ act) => {
    try {
      return act()
    } catch {
      return null
    }
  }
  return {
    get: (/** @type {string} */ key) => memory.get(key) ?? attempt(() => localStorage.getItem(PREFIX + key)),
    set(/** @type {string} */ key, /** @type {string} */ value) {
      memory.set(key, value)
      attempt(() => localStorage.setItem(PREFIX + key, value))
    },
    remove(/** @type {string} */ key) {
      memory.delete(key)
      attempt(() => localStorage.removeItem(PREFIX + key))
    },
  }
}

/** A name for this browser that its owner knows again in the list of devices: "Chrome, Windows". */
export function browserName() {
  const agent = navigator.userAgent
  const browser = /Edg\//.test(agent) ? 'Edge' : /Firefox\//.test(agent) ? 'Firefox' : /Chrom/.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : 'Browser'
  const system = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac OS', 'Linux'].find((it) => agent.includes(it))
  return system ? `${browser}, ${system}` : browser
}

export function browserDevice() {
  return {
    storage: browserStorage(),
    now: () => Date.now(),
    random: () => Math.random(),
    device: browserName(),
    setTimer(/** @type {() => void} */ act, /** @type {number} */ ms) {
      const timer = setTimeout(act, ms)
      return () => clearTimeout(timer)
    },
  }
}
