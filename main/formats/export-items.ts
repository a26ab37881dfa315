import type { Annotation } from '../contract/records.ts'
import type { ExportOptions } from '../contract/transfer.ts'
import { type AnnotationOutline, type CocoSource, type ExportedImage, outlineOf } from './coco-instances-writer.ts'
import type { Findings } from './findings.ts'
import { normalPath } from './match-images.ts'
import { stemOf } from './place.ts'

/** After so many images the event loop gets a turn. */
export const TURN_IMAGES = 64
export const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

/** The size masks of an image are written on: the picture's, else what the imported file said. */
export function sizeOf(image: ExportedImage): { width: number; height: number } {
  const said = (key: string): number => {
    const value = image.carried?.[key]
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0
  }
  return { width: image.width || said('width'), height: image.height || said('height') }
}

/** Whether an annotation is not written; why is counted in the findings. */
export function leftOut({ state, classId, right, bottom }: AnnotationOutline, image: ExportedImage, states: ReadonlySet<string>, findings: Findings): boolean {
  if (!states.has(state)) {
    findings.add(`state-${state}`, 'note', 'left out: this state was not asked for', image.path)
    return true
  }
  if (classId === null) {
    findings.add('no-class', 'note', 'left out: nobody has said what it is', image.path)
    return true
  }
  const { width, height } = sizeOf(image)
  if (right > width || bottom > height) {
    findings.add('mask-outside', 'refused', 'left out: the picture is smaller than its mask', `${image.path} is ${width}×${height} px`)
    return true
  }
  return false
}

/** The annotations of an image that an export has. */
export function keptOf(source: CocoSource, image: ExportedImage, { states }: Pick<ExportOptions, 'states'>, findings: Findings): Annotation[] {
  const wanted = new Set<string>(states)
  return source.annotationsOf(image.id).filter((annotation) => !leftOut(outlineOf(annotation), image, wanted, findings))
}

/** Those with a mask; a box without one has no place in this format and is counted. */
export function withMasks(annotations: readonly Annotation[], image: ExportedImage, findings: Findings): Annotation[] {
  return annotations.filter(({ mask, boxOnly }) => {
    if (boxOnly !== null) findings.add('box-only', 'note', 'left out: this format knows only masks', image.path)
    else if (mask.width === 0) findings.add('empty-mask', 'note', 'left out: it has no pixel', image.path)
    return boxOnly === null && mask.width > 0
  })
}

/** File names of an export: the imported one, else the path; equal ones of two folders with the folder's name before. */
export class FileNames {
  readonly #names = new Set<string>()
  readonly #stems = new Set<string>()
  readonly #findings: Findings

  constructor(findings: Findings) {
    this.#findings = findings
  }

  nameOf(image: ExportedImage): string {
    let name = image.fileName ?? image.path
    if (this.#names.has(name)) {
      name = `${image.folderName}/${image.path}`
      for (let place = 2; this.#names.has(name); place++) name = `${image.folderName} (${place})/${image.path}`
      this.#findings.add('file-twice', 'mended', 'named with its folder', `${image.path} is written as ${name}`)
    }
    this.#names.add(name)
    return name
  }

  /** A name that is safe below the target folder, and what its label files are called: without the extension, unless another picture has that. */
  filesOf(image: ExportedImage): { name: string; stem: string } {
    const name = normalPath(this.nameOf(image)) ?? normalPath(image.path) ?? `image-${image.id}`
    let stem = stemOf(name)
    if (this.#stems.has(stem)) {
      stem = name
      this.#findings.add('stem-twice', 'mended', 'its label file keeps the extension in its name', name)
      for (let place = 2; this.#stems.has(stem); place++) stem = `${name} (${place})`
    }
    this.#stems.add(stem)
    return { name, stem }
  }
}
