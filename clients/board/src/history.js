/**
 * How many were confirmed at each place over time, as long as a page has looked: the hub tells how it is, not how it was.
 *
 * Of each place the points at which the figure changed, at most `MOST` of them; then every other one is given up, the first and
 * the last two kept, so that the line stays whole and gets coarser.
 */

/** @typedef {{at_ms: number, confirmed: number}} Point */

export const MOST = 400

/** Half as many points. @param {Point[]} points */
export function thinned(points) {
  return points.filter((_, index) => index === 0 || index >= points.length - 2 || index % 2 === 0)
}

/** @returns {{add(places: Iterable<{code: string, confirmed: number}>, at_ms: number): void, of(code: string): Point[]}} */
export function createHistory() {
  /** @type {Map<string, Point[]>} */
  const lines = new Map()
  return {
    add(places, at_ms) {
      for (const { code, confirmed } of places) {
        const points = lines.get(code)
        if (!points) lines.set(code, [{ at_ms, confirmed }])
        else if (points[points.length - 1].confirmed !== confirmed) {
          points.push({ at_ms, confirmed })
          if (points.length > MOST) lines.set(code, thinned(points))
        }
      }
    },
    of: (code) => [...(lines.get(code) ?? [])],
  }
}
