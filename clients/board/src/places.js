/**
 * Places as the board arranges them: who lies under whom, and which level the heat grid shows.
 *
 * A place is its division code; its level is the number of digits: 2 province, 4 city, 6 district, 9 street, 12 community,
 * 15 grid, 18 building group. A covers B if B's code starts with A's.
 *
 * @typedef {{code: string, name: string, members: number, calls: number, confirmed: number, waiting: number,
 *   present: number, children?: unknown}} Place
 */

/** Digits of each level, the highest first. */
export const LEVELS = [2, 4, 6, 9, 12, 15, 18]

/** What is counted at each place, in the order of the columns. */
export const FIGURES = /** @type {const} */ (['members', 'calls', 'confirmed', 'waiting', 'present'])

/** The level whose cells the heat grid shows at a place of so many digits: communities wherever there are any. */
const HEAT_LEVELS = /** @type {Record<number, number>} */ ({ 2: 6, 4: 12, 6: 12, 9: 12, 12: 15, 15: 18 })

/** A place as it counts before anything is known of it. */
export function unknownPlace(/** @type {string} */ code) {
  return { code, name: code, members: 0, calls: 0, confirmed: 0, waiting: 0, present: 0 }
}

/**
 * The codes of the places above this one, the highest first, and itself at the end.
 * @param {string} code
 */
export function pathOf(code) {
  return LEVELS.filter((digits) => digits <= code.length).map((digits) => code.slice(0, digits))
}

/**
 * What to call a place where the one above it is shown too: of a grid or a building group without the words that both names
 * begin with ("西吴社区第2网格" in 西吴社区 is "第2网格").
 * @param {string} name
 * @param {string} code
 * @param {string} above the name of the place above, or ''
 */
export function shortName(name, code, above) {
  if (code.length < 15) return name
  let same = 0
  while (same < above.length && name[same] === above[same]) same++
  return name.slice(same) || name
}

/**
 * The name of a place, or of the nearest one above it that is known.
 * @param {Map<string, Place>} places
 * @param {string} code
 */
export function nearestName(places, code) {
  const known = pathOf(code)
    .reverse()
    .find((it) => places.has(it))
  return known ? /** @type {Place} */ (places.get(known)).name : code
}

/**
 * Which places lie directly under which: a Map from a code to the sorted codes below it. Where a level is not used (a city
 * without districts) the next known place above takes them.
 * @param {Map<string, Place>} places
 * @returns {Map<string, string[]>}
 */
export function childrenByPlace(places) {
  /** @type {Map<string, string[]>} */
  const below = new Map()
  for (const code of places.keys()) {
    const above = pathOf(code)
      .slice(0, -1)
      .reverse()
      .find((it) => places.has(it))
    if (above === undefined) continue
    const siblings = below.get(above)
    if (siblings) siblings.push(code)
    else below.set(above, [code])
  }
  for (const codes of below.values()) codes.sort()
  return below
}

/**
 * The cells of the heat grid at a place, in groups by the place they lie under: at a city its districts, below it the
 * streets, and a single group for what lies directly under the place itself.
 * @param {Map<string, Place>} places
 * @param {string} code
 * @returns {{level: number, count: number, groups: {code: string, cells: string[]}[]}}
 */
export function heatCells(places, code) {
  const level = HEAT_LEVELS[code.length] ?? 0
  const cells = [...places.keys()].filter((it) => it.length === level && it.startsWith(code)).sort()
  const between = LEVELS[LEVELS.indexOf(code.length) + 1]
  const groupOf = (/** @type {string} */ it) => (between < level ? it.slice(0, between) : code)
  /** @type {Map<string, string[]>} */
  const groups = new Map()
  for (const cell of cells) {
    const group = groupOf(cell)
    const there = groups.get(group)
    if (there) there.push(cell)
    else groups.set(group, [cell])
  }
  return { level, count: cells.length, groups: [...groups].map(([group, members]) => ({ code: group, cells: members })) }
}

/**
 * The place that a board is rooted in, to show this one: what was granted, and of a province or the whole country the city,
 * for more than a city at once is more than one session may watch. Empty if no grant reaches it.
 * @param {string} code
 * @param {string[]} granted places; '' is the whole country
 */
export function rootFor(code, granted) {
  const covering = granted.filter((it) => code.startsWith(it)).sort((a, b) => a.length - b.length)[0]
  if (covering === undefined) return ''
  return covering.length >= 4 ? covering : code.slice(0, 4)
}
