import { expect, test } from 'vitest'
import type { Annotation, LabelClass } from '../../main/contract/records.ts'
import { ExportOptions } from '../../main/contract/transfer.ts'
import type { Source } from '../../main/formats/format.ts'
import { checkExport, FORMATS } from '../../main/formats/formats.ts'
import { EMPTY_MASK, type Mask } from '../../main/masks/mask.ts'
import { boxMask } from '../../main/masks/place.ts'
import { areaOf } from '../../main/masks/rle.ts'

// Whatever is left out, covered or joined: what a format is said to have and what it is said to leave out are all there is.
const CLASSES = (['thing', 'stuff'] as const).map((extent, i): LabelClass => ({ kind: 'class', id: i + 1, version: 1, name: ['car', 'sky'][i], synonyms: [], colour: '#0072b2', order: i, extent, importedId: null, carried: null }))
const drawn = (mask: Mask, patch: Partial<Annotation> = {}): Omit<Annotation, 'id' | 'z'> => ({
  kind: 'annotation', version: 1, imageId: 1, classId: 1, state: 'drawn', mask, areaPx2: areaOf(mask), score: null, crowd: false, locked: false,
  boxOnly: null, importedId: null, provenance: { source: 'person' }, carried: null, ...patch,
})
const COVERED = [drawn(boxMask(0, 0, 4, 4)), drawn(boxMask(1, 1, 3, 3)), drawn(boxMask(0, 0, 4, 4))]
const JOINED = [drawn(boxMask(6, 0, 8, 4), { classId: 2 }), drawn(boxMask(10, 0, 12, 4), { classId: 2 }), drawn(boxMask(14, 0, 16, 4), { classId: 2 })]
const ODD = [
  drawn(boxMask(6, 6, 9, 9), { crowd: true }), drawn(EMPTY_MASK), drawn(EMPTY_MASK, { boxOnly: [1, 1, 2, 2] }),
  drawn(boxMask(0, 6, 2, 8), { classId: null }), drawn(boxMask(0, 6, 2, 8), { state: 'rejected' }), drawn(boxMask(0, 0, 30, 2)),
]
const ALL = [...COVERED, ...JOINED, ...ODD, drawn(boxMask(0, 0, 4, 4), { imageId: 2 }), ...COVERED.map((one) => ({ ...one, imageId: 3 }))].map((one, i): Annotation => ({ ...one, id: i + 1, z: i }))
/** the second can't be read */
const SIZES = [[20, 10], [0, 0], [20, 10]] as const
const SOURCE: Source = {
  name: 'counts', topLevel: null, classes: () => CLASSES, picturePath: () => null, annotationsOf: (id) => ALL.filter(({ imageId }) => imageId === id),
  images: () => SIZES.map(([width, height], i) => ({ id: i + 1, path: `${i}.png`, folderName: 'photos', width, height, importedId: null, fileName: null, carried: null })),
}
/** of images and captions, not of annotations */
const OF_OTHERS: ReadonlySet<string> = new Set(['size-unknown', 'picture-missing'])

test.each(FORMATS.filter(({ write }) => write !== undefined).map(({ name }) => name))('%s', async (format) => {
  for (const split of [null, { train: 0.4, val: 0.3, test: 0.3, seed: 2 }]) {
    const { annotations, findings } = await checkExport(SOURCE, ExportOptions.parse({ format, split }))
    const left = findings.filter(({ rule, action }) => action.startsWith('left out') && !OF_OTHERS.has(rule))
    expect(annotations + left.reduce((sum, { count }) => sum + count, 0), left.map(({ rule, count }) => `${rule} ${count}`).join(', ')).toBe(ALL.length)
    expect(annotations).toBeGreaterThan(4)
    const joined = findings.find(({ rule }) => rule === 'objects-joined')
    if (joined !== undefined) expect(joined.examples.find((example) => example.includes('sky'))).toContain('3 of “sky”')
  }
})
