// Shapes for a schematic of the towns, drawn from their coordinates alone: each
// town has what lies nearer to it than to any other, cut by a circle.

export interface Place { key: string; name: string; lat: number; lon: number }
type Point = [number, number]
export interface Cell { key: string; name: string; centre: Point; ring: Point[] }

const CORNERS = 48

/** What of a convex shape lies nearer to a than to b. */
function nearer(ring: Point[], a: Point, b: Point): Point[] {
  const [nx, ny] = [b[0] - a[0], b[1] - a[1]]
  const limit = (nx * (a[0] + b[0]) + ny * (a[1] + b[1])) / 2
  const side = (p: Point) => nx * p[0] + ny * p[1] - limit
  return ring.flatMap((p, i) => {
    const q = ring[(i + 1) % ring.length] as Point
    const [s, t] = [side(p), side(q)]
    const out: Point[] = s <= 0 ? [p] : []
    if (s < 0 !== t < 0 && s !== t) out.push([p[0] + ((q[0] - p[0]) * s) / (s - t), p[1] + ((q[1] - p[1]) * s) / (s - t)])
    return out
  })
}

function circle(c: Point, r: number): Point[] {
  return Array.from({ length: CORNERS }, (_, i) => [c[0] + r * Math.cos((2 * Math.PI * i) / CORNERS), c[1] + r * Math.sin((2 * Math.PI * i) / CORNERS)])
}

function cut(points: Point[], r: number): Point[][] {
  return points.map((p, i) => points.reduce<Point[]>((ring, q, j) => (i === j || ring.length === 0 || (p[0] === q[0] && p[1] === q[1]) ? ring : nearer(ring, p, q)), circle(p, r)))
}

/** Twice the area of a ring, positive when it runs against the clock. */
export function doubleArea(ring: Point[]): number {
  return ring.reduce((sum, p, i) => {
    const q = ring[(i + 1) % ring.length] as Point
    return sum + p[0] * q[1] - q[0] * p[1]
  }, 0)
}

function middle(ring: Point[]): Point {
  const a = doubleArea(ring)
  if (a === 0) return ring[0] ?? [0, 0]
  const [x, y] = ring.reduce<Point>(([sx, sy], p, i) => {
    const q = ring[(i + 1) % ring.length] as Point
    const w = p[0] * q[1] - q[0] * p[1]
    return [sx + (p[0] + q[0]) * w, sy + (p[1] + q[1]) * w]
  }, [0, 0])
  return [x / (3 * a), y / (3 * a)]
}

/**
 * The cells of the towns. Towns that stand close are moved apart a little, so
 * that each has room for its name; the order of neighbours stays.
 */
export function cells(places: Place[], rounds = 3): Cell[] {
  if (places.length === 0) return []
  const flat = Math.cos((places.reduce((s, p) => s + p.lat, 0) / places.length) * (Math.PI / 180))
  let points = apart(places.map<Point>((p) => [p.lon * flat, p.lat]))
  const r = reach(points)
  for (let i = 0; i < rounds; i++) points = cut(points, r).map((ring, n) => halfway(points[n] as Point, middle(ring)))
  const rings = cut(points, r)
  return places.map((p, i) => ({ key: p.key, name: p.name, centre: middle(rings[i] as Point[]), ring: rings[i] as Point[] }))
}

/** Places that stand on one spot, such as a zone and its town, stand side by side. */
const STEP = 0.035
function apart(points: Point[]): Point[] {
  return points.map((p, i) => {
    const before = points.slice(0, i).filter((q) => q[0] === p[0] && q[1] === p[1]).length
    return [p[0] + before * STEP, p[1] - (before * STEP) / 2]
  })
}

const halfway = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]

/** How far a cell may reach: far enough to meet most neighbours. */
function reach(points: Point[]): number {
  const nearest = points.map((p) => Math.min(...points.filter((q) => q !== p).map((q) => Math.hypot(p[0] - q[0], p[1] - q[1]))))
  const known = nearest.filter(Number.isFinite)
  return known.length ? Math.max(...known) * 0.82 : 1
}

/** A schematic may be a little wider than the land, so that names fit. */
const WIDER = 1.3
const widen = (p: Point): Point => [p[0] * WIDER, p[1]]

/** The cells as the picture library wants them. */
export function geoJSON(all: Cell[]) {
  return {
    type: 'FeatureCollection' as const,
    features: all.filter((c) => c.ring.length > 2).map((c) => ({
      type: 'Feature' as const,
      properties: { name: c.key, cp: widen(c.centre) },
      geometry: { type: 'Polygon' as const, coordinates: [[...c.ring, c.ring[0] as Point].map(widen)] },
    })),
  }
}
