import type { Annotation } from '../contract/records.ts'
import type { ExportOptions, FormatName } from '../contract/transfer.ts'
import { captionsOf, CAPTIONS_KEY, type ExportedImage } from './coco-instances-writer.ts'
import type { Findings } from './findings.ts'
import type { Source } from './format.ts'

type Level = 'file' | 'class' | 'image' | 'annotation'

/** What a format has a place for besides masks, classes and file names. */
export interface Keeps {
  /** imported ids of these */
  readonly ids: readonly Exclude<Level, 'file'>[]
  /** keys of an imported file that we do not know, of these */
  readonly keys: readonly Level[]
  /** a key of annotations that it has a place for though it has none for others */
  readonly key?: string
  readonly captions: boolean
  /** whether nobody has looked at an annotation yet */
  readonly states: boolean
}

/** A format of masks, classes and file names alone. */
export const KEEPS_MASKS: Keeps = { ids: [], keys: [], captions: false, states: false }

/** Sizes are carried with an image and written by every format that has a place for them. */
const SIZE_KEYS: ReadonlySet<string> = new Set(['width', 'height', CAPTIONS_KEY])
/** What a box without a mask carries of its own. */
const BOX_KEYS: ReadonlySet<string> = new Set(['area', 'segmentation'])
/** Formats that may write a mask as a polygon. */
const POLYGONS: readonly FormatName[] = ['coco-instances', 'coco-stuff', 'yolo', 'labelme', 'cityscapes']

/** Says once what of the whole data set a format can't hold, and of each image as its annotations are asked for. */
export function sayingLosses(source: Source, keeps: Keeps, { states }: Pick<ExportOptions, 'states'>, findings: Findings): Source {
  const wanted = new Set<string>(states)
  // writers ask more than once
  const saidImages = new Set<number>()
  const saidAnnotationsOf = new Set<number>()
  const keysOf = (level: Level, what: string, carried: Readonly<Record<string, unknown>> | null): void => {
    if (keeps.keys.includes(level)) return
    const keys = Object.keys(carried ?? {}).filter((key) => (level !== 'image' || !SIZE_KEYS.has(key)) && (level !== 'annotation' || (key !== keeps.key && !BOX_KEYS.has(key))))
    if (keys.length > 0) findings.add('keys-lost', 'note', 'left out: this format has no place for them', `${what}: ${keys.slice(0, 8).join(', ')}`)
  }
  const idOf = (level: Exclude<Level, 'file'>, what: string, id: number | null): void => {
    if (!keeps.ids.includes(level) && id !== null) findings.add('ids-lost', 'note', 'not written: this format has no place for them', `${what}: ${id}`)
  }
  const ofImage = ({ path, importedId, carried }: ExportedImage, captions: number): void => {
    idOf('image', path, importedId)
    keysOf('image', path, carried)
    if (!keeps.captions) for (let i = 0; i < captions; i++) findings.add('captions-lost', 'note', 'left out: this format knows no captions', path)
  }
  const ofAnnotation = ({ id, state, classId, importedId, carried }: Annotation): void => {
    if (!wanted.has(state) || classId === null) return
    idOf('annotation', `annotation ${id}`, importedId)
    keysOf('annotation', `annotation ${importedId ?? id}`, carried)
    if (!keeps.states && state === 'pending') findings.add('state-lost', 'note', 'written like those that somebody has accepted', `annotation ${id}`)
  }
  keysOf('file', 'the file', source.topLevel)
  for (const { name, importedId, carried } of source.classes()) {
    idOf('class', `“${name}”`, importedId)
    keysOf('class', `“${name}”`, carried)
  }
  return {
    ...source,
    *images() {
      for (const image of source.images()) {
        if (!saidImages.has(image.id)) {
          saidImages.add(image.id)
          ofImage(image, captionsOf(image).length)
        }
        yield image
      }
    },
    annotationsOf(imageId) {
      const annotations = source.annotationsOf(imageId)
      if (!saidAnnotationsOf.has(imageId)) {
        saidAnnotationsOf.add(imageId)
        for (const annotation of annotations) ofAnnotation(annotation)
      }
      return annotations
    },
  }
}

/** Says for which reader polygons are exact, or that they are not. */
export function sayExactness({ format, masks, tolerancePx }: ExportOptions, findings: Findings): void {
  if (!POLYGONS.includes(format)) return
  const always = format === 'yolo' || format === 'labelme' || format === 'cityscapes'
  if (masks === 'simplified') findings.add('masks-simplified', 'note', 'corners are left out: masks are not exact', `up to ${tolerancePx} px`)
  else if (always || masks !== 'rle') findings.add('polygons-exact', 'note', 'exact for pycocotools; OpenCV’s fillPoly paints their border too')
}
