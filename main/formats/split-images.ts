import type { SplitOptions } from '../contract/transfer.ts'
import type { SplitName } from './format.ts'

/**
 * Which set each image goes to, so that every class is shared out as the sets are: images with the rarest classes are
 * dealt first, each to the set that still lacks most of that class (after Sechidis, Tsoumakas, Vlahavas 2011, with the
 * order of classes fixed at the start). The same seed gives the same split. O(images·classes of an image).
 * @param classesOf the distinct classes of each image, by its id
 */
export function splitImages(classesOf: ReadonlyMap<number, readonly number[]>, { train, val, test, seed }: SplitOptions): Map<number, SplitName> {
  const shares = ([['train', train], ['val', val], ['test', test]] as const).filter(([, share]) => share > 0)
  const frequency = new Map<number, number>()
  for (const classes of classesOf.values()) for (const label of classes) frequency.set(label, (frequency.get(label) ?? 0) + 1)
  const rarity = (label: number): number => frequency.get(label) ?? 0
  const random = seeded(seed)
  const images = [...classesOf].map(([id, classes]) => {
    const rarest = classes.length === 0 ? -1 : classes.reduce((a, b) => (rarity(b) < rarity(a) || (rarity(b) === rarity(a) && b < a) ? b : a))
    return { id, classes, rarest, order: rarest < 0 ? Infinity : rarity(rarest), dice: random() }
  }).sort((a, b) => a.order - b.order || a.rarest - b.rarest || a.dice - b.dice || a.id - b.id)
  const wantedImages = new Map(shares.map(([name, share]) => [name, share * images.length]))
  const wanted = new Map(shares.map(([name, share]) => [name, new Map([...frequency].map(([label, count]) => [label, share * count]))]))
  const split = new Map<number, SplitName>()
  for (const { id, classes, rarest } of images) {
    let best: SplitName = shares[0][0]
    let most = [-Infinity, -Infinity]
    // a set that is full takes no more: a long tail of classes with one image each would all go to the largest
    const open = shares.filter(([name]) => (wantedImages.get(name) ?? 0) >= 0.5)
    for (const [name] of open.length === 0 ? shares : open) {
      const lacks = [rarest < 0 ? 0 : (wanted.get(name)?.get(rarest) ?? 0), wantedImages.get(name) ?? 0]
      if (lacks[0] > most[0] || (lacks[0] === most[0] && lacks[1] > most[1])) {
        best = name
        most = lacks
      }
    }
    split.set(id, best)
    wantedImages.set(best, (wantedImages.get(best) ?? 0) - 1)
    const left = wanted.get(best)
    for (const label of classes) left?.set(label, (left.get(label) ?? 0) - 1)
  }
  return split
}

/** mulberry32: numbers in [0, 1) from a seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
