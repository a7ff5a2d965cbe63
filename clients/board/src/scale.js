/**
 * The scale of the heat grid: five steps with round bounds, so that the legend can be read aloud.
 */

/** Steps above nothing at all. */
export const STEPS = 5

/** Numbers that people take for round, up to ten million. */
const ROUND = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((it) => it * 10 ** power))

/**
 * The smallest value of each of the five steps, rising; the first is 1. Few are told apart one by one; from 20 on each step is about
 * twice the one before, so that one place with very many does not make all others look alike.
 * @param {number} highest
 * @returns {number[]}
 */
export function boundsFor(highest) {
  if (highest <= STEPS) return [1, 2, 3, 4, 5]
  if (highest < 20) {
    const width = Math.ceil(highest / STEPS)
    return [1, width, 2 * width, 3 * width, 4 * width]
  }
  const last = Math.max(STEPS - 1, ROUND.findLastIndex((it) => it <= highest / 2))
  return [1, ...ROUND.slice(last - STEPS + 2, last + 1)]
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
