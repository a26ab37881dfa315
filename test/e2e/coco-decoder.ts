/** An independent reader of COCO's compressed RLE, written from the format alone (FORMATS §12): shares no code with the product. */
export function decodeCocoRle({ size: [height, width], counts }: { readonly size: readonly [number, number]; readonly counts: string }): Uint8Array {
  const runs: number[] = []
  for (let i = 0; i < counts.length;) {
    let value = 0
    let shift = 0
    for (;;) {
      const six = counts.charCodeAt(i++) - 48
      value |= (six & 31) << shift
      shift += 5
      if ((six & 32) !== 0) continue
      if ((six & 16) !== 0) value |= -1 << shift
      break
    }
    runs.push(runs.length > 2 ? value + runs[runs.length - 2] : value)
  }
  const plane = new Uint8Array(width * height)
  let place = 0
  runs.forEach((run, k) => {
    if (k % 2 === 1) for (let j = place; j < place + run; j++) plane[(j % height) * width + Math.floor(j / height)] = 1
    place += run
  })
  if (place !== width * height) throw new Error(`runs sum to ${place}, the picture has ${width * height} pixels`)
  return plane
}

export interface CocoFile {
  readonly images: readonly { readonly id: number; readonly file_name: string; readonly width: number; readonly height: number }[]
  readonly categories: readonly { readonly id: number; readonly name: string }[]
  readonly annotations: readonly { readonly id: number; readonly image_id: number; readonly category_id: number; readonly area: number; readonly bbox: readonly number[]; readonly iscrowd: number; readonly segmentation: { readonly size: readonly [number, number]; readonly counts: string } }[]
}

/** Intersection over union of two planes of one size. */
export function planeIou(a: Uint8Array, b: Uint8Array): number {
  let both = 0
  let either = 0
  for (let i = 0; i < a.length; i++) {
    both += a[i] & b[i]
    either += a[i] | b[i]
  }
  return either === 0 ? 1 : both / either
}
