import { describe, expect, it } from 'vitest'
import { cells, doubleArea, geoJSON, type Cell } from './cells'

const places = [
  { key: '1', name: '甲', lat: 22.52, lon: 113.37 }, { key: '2', name: '乙', lat: 22.51, lon: 113.4 }, { key: '3', name: '丙', lat: 22.55, lon: 113.34 },
  { key: '4', name: '丁', lat: 22.72, lon: 113.34 }, { key: '5', name: '戊', lat: 22.26, lon: 113.48 }, { key: '6', name: '己', lat: 22.67, lon: 113.24 },
]

function inside(ring: Cell['ring'], [x, y]: [number, number]): boolean {
  return ring.every((p, i) => {
    const q = ring[(i + 1) % ring.length] as [number, number]
    return (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]) >= -1e-12
  })
}

describe('the schematic of the towns', () => {
  const all = cells(places)
  it('gives every town a shape of its own around its middle', () => {
    expect(all.map((c) => c.key)).toEqual(['1', '2', '3', '4', '5', '6'])
    for (const c of all) {
      expect(doubleArea(c.ring)).toBeGreaterThan(0)
      expect(inside(c.ring, c.centre)).toBe(true)
    }
  })
  it('lets no two shapes cover the same place', () => {
    for (const a of all) for (const b of all) if (a !== b) expect(inside(b.ring, a.centre)).toBe(false)
    const grid = Array.from({ length: 40 * 40 }, (_, i) => [104.3 + (i % 40) * 0.015, 22.1 + Math.floor(i / 40) * 0.02] as [number, number])
    const covers = grid.map((p) => all.filter((c) => inside(c.ring, p)).length)
    expect(Math.max(...covers)).toBe(1)
  })
  it('keeps who lies north, south and west', () => {
    const y = new Map(all.map((c) => [c.key, c.centre[1]]))
    const x = new Map(all.map((c) => [c.key, c.centre[0]]))
    expect(Math.max(...y.values())).toBe(y.get('4'))
    expect(Math.min(...y.values())).toBe(y.get('5'))
    expect(Math.min(...x.values())).toBe(x.get('6'))
  })
  it('is drawn as closed rings, one for each town', () => {
    const { features } = geoJSON(all)
    expect(features.map((f) => f.properties.name)).toEqual(['1', '2', '3', '4', '5', '6'])
    for (const f of features) expect(f.geometry.coordinates[0]?.[0]).toEqual(f.geometry.coordinates[0]?.at(-1))
  })
  it('does with one town, with none and with two at one place', () => {
    expect(cells([])).toEqual([])
    expect(cells(places.slice(0, 1))).toHaveLength(1)
    const [a, b] = cells([places[0]!, { ...places[0]!, key: '9' }])
    expect([inside(a!.ring, b!.centre), inside(b!.ring, a!.centre)]).toEqual([false, false])
  })
})
