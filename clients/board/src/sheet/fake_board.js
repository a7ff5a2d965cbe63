/**
 * Invented figures for the component sheet, in the shape of what the core's view of a board has: a city with its districts,
 * streets, communities and grids, where somebody signs up every now and then. Nothing of it is part of what is built.
 */
import { pathOf } from '../places.js'

const DISTRICTS = ['小店区', '迎泽区', '杏花岭区', '尖草坪区', '万柏林区', '晋源区']

/** Numbers from 0 to below 1, the same for the same seed (a linear congruence, Numerical Recipes). */
export function seeded(seed) {
  let state = seed
  return () => (state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32
}

const numbered = (value, digits) => String(value).padStart(digits, '0')

function addCommunities(places, street, random) {
  const many = 6 + Math.floor(random() * 9)
  for (let index = 1; index <= many; index++) {
    const code = `${street}${numbered(index, 3)}`
    places.set(code, empty(code, `第${index}社区`))
    for (let grid = 1; grid <= 4; grid++) places.set(`${code}${numbered(grid, 3)}`, empty(`${code}${numbered(grid, 3)}`, `第${grid}网格`))
  }
}

const empty = (code, name) => ({ code, name, members: 0, calls: 0, confirmed: 0, waiting: 0, present: 0 })

export function fakePlaces(seed) {
  const random = seeded(seed)
  const places = new Map([['1401', empty('1401', '太原市')]])
  DISTRICTS.forEach((name, index) => {
    const district = `1401${numbered(index + 5, 2)}`
    places.set(district, empty(district, name))
    const streets = 5 + Math.floor(random() * 6)
    for (let street = 1; street <= streets; street++) {
      const code = `${district}${numbered(street, 3)}`
      places.set(code, empty(code, `${name.slice(0, 2)}第${street}街道`))
      addCommunities(places, code, random)
    }
  })
  for (const code of [...places.keys()].filter((it) => it.length === 15)) count(places, code, 'members', Math.floor(random() * 30))
  return places
}

/** Adds to one figure of a place and of all above it. */
export function count(places, code, figure, by) {
  for (const it of pathOf(code)) {
    const place = places.get(it)
    if (place) places.set(it, { ...place, [figure]: place[figure] + by })
  }
}

export function fakeCalls(places, now) {
  const grids = [...places.keys()].filter((it) => it.length === 15)
  const call = (index, title, need, limit, confirmed, urgent, minutes) => ({
    call: `7.${index}`, title, place: grids[(index * 37) % grids.length], need, limit, confirmed,
    waiting: limit && confirmed === limit ? 3 : 0, missing: Math.max(0, need - confirmed), urgent, deadline_ms: now + minutes * 60000,
  })
  return [
    call(1, '紧急招募志愿者发放抗原检测试剂', 20, 30, 12, true, 95),
    call(2, '楼道消杀', 6, 8, 8, false, 400),
    call(3, '为行动不便的老人送菜上门，请自备电动车，两人一组', 10, 0, 4, false, 1500),
    call(4, '核酸检测点秩序维护', 15, 20, 16, false, -10),
  ]
}
