import type { ClipTokenizer } from './clip-tokenizer.ts'

/** A caption for Stable Diffusion and where its classes stand in it. */
export interface Caption {
  /** start, caption, end: as long as it is, never padded (REFERENCE §3.4) */
  readonly ids: readonly number[]
  /** places in the list of names that were asked for */
  readonly classes: readonly number[]
  /** by class of `classes`: places of its tokens in `ids` */
  readonly positions: readonly (readonly number[])[]
}

/**
 * "A photo of a", "A photo of a, and b", "A photo of a, b, and c" (REFERENCE §3.4). A list too long for `context` tokens becomes
 * several captions, each a sentence of its own with as many of the classes as fit, in their order; a single name that does not fit
 * is cut. Each caption is one run of the network, its class maps go beside each other. O(names).
 * @throws RangeError when the list is empty or a name has no tokens
 */
export function captionsOf(tokenizer: ClipTokenizer, names: readonly string[], context = 77): readonly Caption[] {
  if (names.length === 0) throw new RangeError('a caption needs at least one class')
  const opening = tokenizer.ids('A photo of')
  const comma = tokenizer.ids(',')
  const and = tokenizer.ids('and')
  const room = context - 2 - opening.length
  const words = names.map((name) => {
    const ids = tokenizer.ids(name)
    if (ids.length === 0) throw new RangeError(`class "${name}" has no characters that CLIP's tokenizer knows`)
    return ids.slice(0, room)
  })
  const length = (group: readonly number[]): number =>
    group.reduce((sum, i) => sum + words[i].length, 0) + (group.length - 1) * comma.length + (group.length > 1 ? and.length : 0)
  const groups: number[][] = [[]]
  names.forEach((_, i) => {
    const group = groups[groups.length - 1]
    if (group.length > 0 && length([...group, i]) > room) groups.push([i])
    else group.push(i)
  })
  return groups.map((group) => {
    const ids = [tokenizer.start, ...opening]
    const positions = group.map((i, place) => {
      if (place > 0) ids.push(...comma)
      if (place > 0 && place === group.length - 1) ids.push(...and)
      const at = ids.length
      ids.push(...words[i])
      return words[i].map((_, j) => at + j)
    })
    return { ids: [...ids, tokenizer.end], classes: group, positions }
  })
}

/** The caption's tokens without any class: what the affinity of the GEM family is computed with (REFERENCE §3.4). */
export const emptyCaption = (tokenizer: ClipTokenizer): readonly number[] => [tokenizer.start, tokenizer.end]

/**
 * The UNet's `selection` f32[tokens, 1 + classes]: column 0 is [SOS], then each class the mean of its tokens.
 * `corrected` takes them by their place in the caption. `reference` finds them as the published code does (REFERENCE §3.6, F3,
 * F4): every place where the class's ids occur, even inside another name, the mean written over the first token's column, one class
 * after the other, so that later means see earlier ones. Both are linear in the tokens, hence a matrix. O(tokens² · classes).
 */
export function captionSelection(caption: Caption, profile: 'corrected' | 'reference'): { readonly values: Float32Array; readonly columns: number } {
  const { ids, positions } = caption
  const columns = 1 + positions.length
  const values = new Float32Array(ids.length * columns)
  values[0] = 1
  if (profile === 'corrected') {
    positions.forEach((places, c) => { for (const place of places) values[place * columns + 1 + c] = 1 / places.length })
    return { values, columns }
  }
  // weights[t] = what column t of the attention has become, as a mixture of the original columns
  const weights = ids.map((_, t) => Float64Array.from({ length: ids.length }, (__, s) => (s === t ? 1 : 0)))
  const firsts = positions.map((places) => {
    const word = places.map((place) => ids[place])
    const found = ids.flatMap((_, at) => (word.every((id, j) => ids[at + j] === id) ? word.map((__, j) => at + j) : []))
    weights[found[0]] = Float64Array.from({ length: ids.length }, (_, s) => found.reduce((sum, place) => sum + weights[place][s], 0) / found.length)
    return found[0]
  })
  firsts.forEach((first, c) => { for (let s = 0; s < ids.length; s++) values[s * columns + 1 + c] = weights[first][s] })
  return { values, columns }
}
