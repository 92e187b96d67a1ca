/** The picture beside the sign-in form: rings of tiles around a disc, the same at every start. */
export function mosaicSymbol(): string {
  const random = seeded(7)
  const shapes = [`<circle cx="84" cy="836" r="50" fill="var(--z6)"/>`]
  let radius = 62
  for (let ring = 0; radius < 1120; ring++) {
    const depth = ring < 2 ? 28 : 30
    shapes.push(...ringOfTiles(ring, radius, depth, random))
    radius += depth + 3.2
  }
  return `<symbol id="mosaic" viewBox="0 0 720 900" preserveAspectRatio="xMidYMid slice">${shapes.join('')}</symbol>`
}

/** How dark each ring is, from the middle outwards; a number with a half leans both ways. */
const shades = [5, 5, 1, 1.5, 1, 2.5, 3.5, 4, 2.5, 2, 2.5, 1, 0, 0, 2, 3, 4, 4, 3, 2, 2, 1, 1.5, 3, 4, 4, 3, 2, 1, 1, 2, 3]
const goldRings = new Map([
  [12, 0.1],
  [13, 0.08],
  [22, 1],
])

function ringOfTiles(ring: number, inner: number, depth: number, random: () => number): string[] {
  const tiles: string[] = []
  const outer = inner + depth
  const count = Math.round((2 * Math.PI * (inner + depth / 2)) / 34)
  const step = (2 * Math.PI) / count
  const gap = 3.2 / (inner + depth)
  const turn = random() * step
  for (let tile = 0; tile < count; tile++) {
    const wobble = () => (random() - 0.5) * step * 0.07
    const from = turn + tile * step + gap / 2
    const to = from + step - gap
    const corners = [
      point(inner + random() * 2, from + wobble()),
      point(outer - random() * 2, from + wobble()),
      point(outer - random() * 2, to + wobble()),
      point(inner + random() * 2, to + wobble()),
    ]
    const shade = shadeOf(ring, random)
    if (corners.some(([x, y]) => x > -20 && x < 740 && y > -20 && y < 920)) {
      tiles.push(`<path fill="var(--z${shade})" d="M${corners.map((corner) => corner.join(' ')).join('L')}z"/>`)
    }
  }
  return tiles
}

function shadeOf(ring: number, random: () => number): number {
  const luck = random()
  const lean = random()
  if (luck < (goldRings.get(ring) ?? 0)) return 6
  const shade = shades[ring % shades.length]! + (lean < 0.18 ? -1 : lean > 0.86 ? 1 : 0) + (luck - 0.5) * 0.8
  return Math.min(5, Math.max(ring === 12 || ring === 13 ? 0 : 1, Math.round(shade)))
}

function point(radius: number, angle: number): [number, number] {
  return [Math.round((84 + radius * Math.cos(angle)) * 10) / 10, Math.round((836 + radius * Math.sin(angle)) * 10) / 10]
}

/** A small generator of our own (mulberry32), so that the asset's hash stays the same. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
