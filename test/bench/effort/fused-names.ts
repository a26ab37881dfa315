import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { DEFAULT_SETTINGS } from '../../../main/contract/settings.ts'
import { openMapsCache } from '../../../main/inference/maps-cache.ts'
import { createOnnxProducts } from '../../../main/inference/onnx-products.ts'
import { REGION_TRAITS } from '../../../main/attention/region-traits.ts'
import { decodeInto } from '../../../main/masks/rle.ts'
import { chooseFusion, type Lesson } from '../../../main/memory/fusion-choice.ts'
import { createFusion, type TextEvidence } from '../../../main/memory/fusion.ts'
import { regionsOf } from '../../../main/formats/label-regions.ts'
import { openPack } from '../../../main/packs/open-pack.ts'
import { proposeWithPack, teachWithPack } from '../../../main/pipeline/checkpoint-pack.ts'
import type { Proposal } from '../../../main/pipeline/messages.ts'
import { createPackRunner } from '../../../main/pipeline/pack-methods.ts'
import { renderScene } from '../../../main/scenes/render-scene.ts'
import { SCENE_CLASSES } from '../../../main/scenes/scene-classes.ts'

const SIDE = 256
const NO_REGION = 0xffff
/** As prelabel/covering-masks.ts has it. */
const COVERED = 0.6
/** Names that no text of the demo pack's training had. */
const MADE_UP = ['zaq', 'vok', 'plim', 'drux', 'yib', 'quen', 'forb', 'tazu', 'wex', 'jomp']

/** The pack's own classes; or every second one called by a word that its text encoder does not know, as a project with words of its own does. */
export type Wording = 'known words' | 'own words'
export const classesOf = (wording: Wording) => SCENE_CLASSES.map(({ name, extent }, id) => ({ id, name: wording === 'own words' && id % 2 === 1 ? MADE_UP[id >> 1] : name, synonyms: [], extent }))

/** A scene as the demo pack sees it. Classes are places in SCENE_CLASSES. */
export interface SeenScene {
  /** what a person who labels everything teaches */
  readonly lessons: readonly Lesson[]
  /** what one who also rejects each proposal of a wrong name teaches besides: a part of what it lies on, or at least not of that class */
  readonly rejections: readonly Lesson[]
  /** named by the pack, with the class of most of their pixels */
  readonly proposals: readonly { readonly proposal: Proposal; readonly classId: number }[]
}

/** Scenes of `seed`, `seed` + 1 … with what the demo pack proposes by its own method and settings. A second each. */
export async function seeScenes(seed: number, count: number, wording: Wording): Promise<{ scenes: SeenScene[]; textOf: (vector: Float32Array) => TextEvidence }> {
  const classes = classesOf(wording)
  const folder = await mkdtemp(join(tmpdir(), 'maskwright-fused-'))
  const pack = openPack('demo'), { defaultMethod, defaultSettings } = pack.manifest
  const runner = await createPackRunner(pack, { threads: 1, devices: ['cpu'], precision: 'auto', int8Folder: join(folder, 'int8'), cache: openMapsCache(join(folder, 'maps'), 1e9), products: createOnnxProducts(1) })
  const seen: SeenScene[] = []
  try {
    const { values, size } = await runner.texts.of(classes, false)
    for (let i = 0; i < count; i++) {
      const { rgb, ids, objects } = await renderScene(seed + i, SIDE)
      const path = join(folder, `${i}.png`)
      await writeFile(path, await sharp(rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } }).png().toBuffer())
      const masks = [...regionsOf(ids, SIDE, SIDE, NO_REGION)]
      const { vectors } = await teachWithPack({ path, pack: 'demo', masks: masks.map(([, mask]) => mask) }, runner)
      const lessons = masks.map(([object], k): Lesson => ({ imageId: seed + i, classId: objects[object].place, positive: true, vector: vectors[k] }))
      const { proposals } = await proposeWithPack({ path, pack: 'demo', method: defaultMethod, profile: 'corrected', classes, ticked: null, settings: { ...DEFAULT_SETTINGS, ...defaultSettings }, looks: true }, runner)
      const judged = proposals.map((proposal) => {
        const plane = new Uint8Array(SIDE * SIDE)
        decodeInto(proposal.mask, plane, SIDE, 1)
        const pixels = new Uint32Array(classes.length), ofObject = new Uint32Array(objects.length)
        plane.forEach((value, at) => {
          if (value === 0) return
          pixels[objects[ids[at]].place]++
          ofObject[ids[at]]++
        })
        const object = ofObject.indexOf(Math.max(...ofObject))
        return { proposal, classId: pixels.indexOf(Math.max(...pixels)), under: ofObject[object] > COVERED * proposal.areaPx2 ? objects[object].place : null }
      })
      const rejections = judged.flatMap(({ proposal: { named, vector }, classId, under }): Lesson[] => (named === undefined || named.classId === classId ? [] : [
        under === null || under === named.classId ? { imageId: seed + i, classId: named.classId, positive: false, vector } : { imageId: seed + i, classId: under, positive: true, part: true, vector },
      ]))
      seen.push({ lessons, rejections, proposals: judged })
    }
    const textOf = (vector: Float32Array): TextEvidence => ({ classIds: classes.map(({ id }) => id), cosines: Float32Array.from(classes, (_, c) => vector.subarray(0, size).reduce((sum, value, k) => sum + value * values[c * size + k], 0)) })
    return { scenes: seen, textOf }
  } finally {
    await runner.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Share of the proposals of `unseen` that have the class of most of their pixels; without lessons: as the pack names them. @param withHead  false: by the votes alone */
export async function rightNames(unseen: readonly SeenScene[], lessons: readonly Lesson[], textOf: (vector: Float32Array) => TextEvidence, withHead = true): Promise<number> {
  const rule = await chooseFusion(lessons, textOf, REGION_TRAITS, () => Promise.resolve(true), withHead)
  const fusion = rule === null || rule === undefined ? null : createFusion(lessons, rule, REGION_TRAITS)
  const all = unseen.flatMap(({ proposals }) => proposals)
  const right = all.filter(({ proposal: { vector, named }, classId }) => (fusion === null || named?.text === undefined ? named?.classId : fusion.name([{ vector, text: named.text }])[0].classId) === classId)
  return right.length / all.length
}
