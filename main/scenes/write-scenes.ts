import sharp from 'sharp'
import type { Annotation, LabelClass } from '../contract/records.ts'
import { ExportOptions } from '../contract/transfer.ts'
import { cocoInstances } from '../formats/coco-instances.ts'
import { cocoPanoptic } from '../formats/coco-panoptic.ts'
import type { ExportedImage } from '../formats/coco-instances-writer.ts'
import { Findings } from '../formats/findings.ts'
import type { Source } from '../formats/format.ts'
import { encodeLabelPng } from '../formats/label-png.ts'
import { regionsOf } from '../formats/label-regions.ts'
import type { Out } from '../formats/out.ts'
import { writeFolder } from '../formats/out.ts'
import { areaOf } from '../masks/rle.ts'
import { renderScene, type RenderedScene } from './render-scene.ts'
import { sceneCaption } from './scene-caption.ts'
import { SCENE_CLASSES } from './scene-classes.ts'
import type { ScenesRequest } from './write-raw-scenes.ts'

const NO_REGION = 0xffff
const JPEG_QUALITY = 92

/**
 * Writes scenes as a dataset: images/*.jpg, instances.json and panoptic.json with panoptic/*.png (COCO), masks/*.png with
 * classes.txt (what `evaluate --dataset folder` reads), captions.jsonl. The folder must be new or empty. Memory: all masks as runs.
 * @throws EngineError 'bad-input' when there is something already; 'disk-full', 'no-permission'
 */
export async function writeScenes(folder: string, { seed, count, size, onScene }: ScenesRequest): Promise<void> {
  await writeFolder(folder, 'none', async (out) => {
    const images: ExportedImage[] = []
    const annotations = new Map<number, Annotation[]>()
    const captions: string[] = []
    let annotationId = 0
    for (let i = 0; i < count; i++) {
      const scene = await renderScene(seed + i, size)
      const name = `scene-${seed + i}`
      images.push({ id: i + 1, path: `${name}.jpg`, folderName: 'images', width: size, height: size, importedId: i + 1, fileName: `${name}.jpg`, carried: null })
      const regions = annotationsOf(scene, i + 1, annotationId + 1)
      annotationId += regions.length
      annotations.set(i + 1, regions)
      captions.push(JSON.stringify({ file_name: `${name}.jpg`, caption: sceneCaption(scene.objects.map(({ place }) => place), scene.seed) }))
      const picture = await sharp(scene.rgb, { raw: { width: size, height: size, channels: 3 } }).jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' }).toBuffer()
      await out.file(`images/${name}.jpg`, () => picture)
      await out.file(`masks/${name}.png`, () => encodeLabelPng({ width: size, height: size, labels: Uint16Array.from(scene.ids, (id) => scene.objects[id].place) }, SCENE_CLASSES.length))
      onScene?.(i + 1)
    }
    await out.file('classes.txt', () => `${SCENE_CLASSES.map(({ name }) => name).join('\n')}\n`)
    await out.file('captions.jsonl', () => `${captions.join('\n')}\n`)
    await writeCoco(out, {
      name: `Maskwright scenes ${seed}–${seed + count - 1}`,
      topLevel: null,
      classes: () => CLASSES,
      images: () => images,
      annotationsOf: (imageId) => annotations.get(imageId) ?? [],
      picturePath: () => null,
    })
  })
}

const CLASSES: readonly LabelClass[] = SCENE_CLASSES.map(({ name, colour, extent }, order) => ({
  kind: 'class', id: order + 1, version: 0, name, synonyms: [], colour, order, extent, importedId: order + 1, carried: null,
}))

async function writeCoco(out: Out, source: Source): Promise<void> {
  const context = { options: ExportOptions.parse({ states: ['drawn'], strict: true }), findings: new Findings(), splitOf: null }
  await cocoInstances.write?.({ ...out, text: (_, write) => out.text('instances.json', write) }, source, context)
  await cocoPanoptic.write?.(out, source, context)
}

/** What is seen of each object, back to front. */
function annotationsOf(scene: RenderedScene, imageId: number, firstId: number): Annotation[] {
  const masks = regionsOf(scene.ids, scene.size, scene.size, NO_REGION)
  return scene.objects.map(({ place }, z) => {
    const mask = masks.get(z)
    if (mask === undefined) throw new Error(`scene ${scene.seed}: object ${z} has no pixel`)
    return {
      kind: 'annotation', id: firstId + z, version: 0, imageId, classId: place + 1, state: 'drawn', mask, areaPx2: areaOf(mask), score: null, z: z + 1,
      crowd: false, locked: false, boxOnly: null, importedId: firstId + z, provenance: { source: 'person' }, carried: null,
    }
  })
}
