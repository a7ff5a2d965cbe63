/** Ids for elements that name each other. */
let last = 0;

/** @param {string} word @returns {string} one that nothing else on the page has */
export function nextId(word) {
  last += 1;
  return `${word}-${last}`;
}
