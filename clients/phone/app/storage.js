/** What stays on the device, as core wants it: synchronous, strings. All keys begin with `gv.`. */

// #ifdef H5
export const storage = {
  get: (key) => localStorage.getItem(key),
  set: (key, value) => localStorage.setItem(key, value),
  remove: (key) => localStorage.removeItem(key),
};
// #endif

// #ifndef H5
export const storage = {
  get: (key) => wx.getStorageSync(key) || null,
  set: (key, value) => wx.setStorageSync(key, value),
  remove: (key) => wx.removeStorageSync(key),
};
// #endif

/** What the phone itself keeps, beside what core does: the language, and the last call that was posted. */
const OWN = {language: 'gv.phone.language', last: 'gv.phone.last'};

/** @param {keyof OWN} name @returns {string} '' if there is none */
export function kept(name) {
  return storage.get(OWN[name]) || '';
}

/** Storage that is full or forbidden costs what is kept and nothing else. @param {keyof OWN} name @param {string} value */
export function keep(name, value) {
  try {
    storage.set(OWN[name], value);
  } catch {
    // as said
  }
}

/** One signs out: nothing stays. */
export function forgetOwn() {
  for (const key of Object.values(OWN)) storage.remove(key);
}
