/**
 * The scale of the heat grid: five steps with round bounds, so that the legend can be read aloud.
 */

/** Steps above nothing at all. */
export const STEPS = 5

/** Numbers that people take for round: 1, 2, 5, 10, 20, 50, … */
function roundUp(/** @type {number} */ value) {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((it) => it * power).find((it) => it >= value) ?? value
}

/**
 * The smallest value of each of the five steps, rising; the first is 1. Bounds are chosen so that the highest value falls
 * into the last step or the one before.
 * @param {number} highest
 * @returns {number[]}
 */
export function boundsFor(highest) {
  if (highest <= STEPS) return [1, 2, 3, 4, 5]
  const width = roundUp(highest / STEPS)
  return [1, width, 2 * width, 3 * width, 4 * width].map((it, index) => Math.max(it, index + 1))
}

/**
 * The step a value falls into: 0 for nothing, else 1 to 5.
 * @param {number[]} bounds
 * @param {number} value
 */
export function stepOf(bounds, value) {
  return bounds.filter((bound) => value >= bound).length
}

/**
 * The legend: the range of each step. The last one is open.
 * @param {number[]} bounds
 * @returns {{step: number, from: number, to: number | null}[]}
 */
export function legendOf(bounds) {
  return bounds.map((from, index) => ({ step: index + 1, from, to: index + 1 < bounds.length ? bounds[index + 1] - 1 : null }))
}
