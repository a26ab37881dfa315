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
import { createFusion, type Fusion, type TextEvidence } from '../../../main/memory/fusion.ts'
import type { ScoreHead } from '../../../main/memory/score-head.ts'
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

/** A proposal of the pack with what is under it. Classes are places in SCENE_CLASSES. */
export interface JudgedProposal {
  readonly proposal: Proposal
  /** px² of each class under it */
  readonly pixels: Uint32Array
  /** of most of its pixels */
  readonly classId: number
  /** class of the object that it is a part of */
  readonly under: number | null
}

/** A scene as the demo pack sees it. */
export interface SeenScene {
  readonly seed: number
  /** px² of each class */
  readonly areas: Uint32Array
  /** what a person who labels everything teaches */
  readonly lessons: readonly Lesson[]
  /** what one who also rejects each proposal of a wrong name teaches besides: a part of what it lies on, or at least not of that class */
  readonly rejections: readonly Lesson[]
  /** made and named by the pack alone */
  readonly proposals: readonly JudgedProposal[]
}

/** Scenes in a project that calls its classes by one wording. */
export interface SceneProject {
  readonly textOf: (vector: Float32Array) => TextEvidence
  /** Scenes of `seed`, `seed` + 1 … A second each, the first time. */
  see(seed: number, count: number): Promise<SeenScene[]>
  /** what the pack proposes of scenes seen before where a head stands for its cosines; 0.3 s each */
  propose(scenes: readonly SeenScene[], head: ScoreHead): Promise<SeenScene[]>
}

/** Scenes with what the demo pack proposes by its own method and settings; what its networks say of each is kept until the end. */
export async function openScenes(): Promise<{ project(wording: Wording): Promise<SceneProject>; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'maskwright-fused-'))
  const pack = openPack('demo'), { defaultMethod, defaultSettings } = pack.manifest
  const runner = await createPackRunner(pack, { threads: 1, devices: ['cpu'], precision: 'auto', int8Folder: join(folder, 'int8'), cache: openMapsCache(join(folder, 'maps'), 2e9), products: createOnnxProducts(1) })
  const drawn = new Map<number, Awaited<ReturnType<typeof draw>>>()

  async function draw(seed: number) {
    const { rgb, ids, objects } = await renderScene(seed, SIDE)
    const path = join(folder, `${seed}.png`)
    await writeFile(path, await sharp(rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } }).png().toBuffer())
    return { path, ids, objects }
  }

  async function sceneOf(seed: number) {
    const scene = drawn.get(seed) ?? await draw(seed)
    drawn.set(seed, scene)
    return scene
  }

  async function proposalsOf(seed: number, classes: ReturnType<typeof classesOf>, head: ScoreHead | null): Promise<JudgedProposal[]> {
    const { path, ids, objects } = await sceneOf(seed)
    const { proposals } = await proposeWithPack({
      path, pack: 'demo', method: defaultMethod, profile: 'corrected', classes, ticked: null, settings: { ...DEFAULT_SETTINGS, ...defaultSettings }, looks: true, ...(head === null ? {} : { head }),
    }, runner)
    return proposals.map((proposal) => {
      const plane = new Uint8Array(SIDE * SIDE)
      decodeInto(proposal.mask, plane, SIDE, 1)
      const pixels = new Uint32Array(classes.length), ofObject = new Uint32Array(objects.length)
      plane.forEach((value, at) => {
        if (value === 0) return
        pixels[objects[ids[at]].place]++
        ofObject[ids[at]]++
      })
      const object = ofObject.indexOf(Math.max(...ofObject))
      return { proposal, pixels, classId: pixels.indexOf(Math.max(...pixels)), under: ofObject[object] > COVERED * proposal.areaPx2 ? objects[object].place : null }
    })
  }

  async function see(seed: number, classes: ReturnType<typeof classesOf>): Promise<SeenScene> {
    const { path, ids, objects } = await sceneOf(seed)
    const masks = [...regionsOf(ids, SIDE, SIDE, NO_REGION)]
    const { vectors } = await teachWithPack({ path, pack: 'demo', masks: masks.map(([, mask]) => mask) }, runner)
    const lessons = masks.map(([object], k): Lesson => ({ imageId: seed, classId: objects[object].place, positive: true, vector: vectors[k] }))
    const proposals = await proposalsOf(seed, classes, null)
    const rejections = proposals.flatMap(({ proposal: { named, vector }, classId, under }): Lesson[] => (named === undefined || named.classId === classId ? [] : [
      under === null || under === named.classId ? { imageId: seed, classId: named.classId, positive: false, vector } : { imageId: seed, classId: under, positive: true, part: true, vector },
    ]))
    const areas = new Uint32Array(classes.length)
    for (const id of ids) areas[objects[id].place]++
    return { seed, areas, lessons, rejections, proposals }
  }

  return {
    async project(wording) {
      const classes = classesOf(wording), { values, size } = await runner.texts.of(classes, false)
      return {
        textOf: (vector) => ({ classIds: classes.map(({ id }) => id), cosines: Float32Array.from(classes, (_, c) => vector.subarray(0, size).reduce((sum, value, k) => sum + value * values[c * size + k], 0)) }),
        async see(seed, count) {
          const scenes: SeenScene[] = []
          for (let i = 0; i < count; i++) scenes.push(await see(seed + i, classes))
          return scenes
        },
        async propose(scenes, head) {
          const again: SeenScene[] = []
          for (const scene of scenes) again.push({ ...scene, proposals: await proposalsOf(scene.seed, classes, head) })
          return again
        },
      }
    },
    async close() {
      await runner.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What names proposals after such lessons; null: the pack's names stand. @param withHead  false: by the votes alone */
export async function fusionOf(lessons: readonly Lesson[], textOf: (vector: Float32Array) => TextEvidence, withHead = true): Promise<Fusion | null> {
  const rule = await chooseFusion(lessons, textOf, REGION_TRAITS, () => Promise.resolve(true), withHead)
  return rule === null || rule === undefined ? null : createFusion(lessons, rule, REGION_TRAITS)
}

/** @property miou  mean over the classes that occur  @property pixels  share of all px with their class  @property names  share of the proposals that have the class of most of their px */
export interface RightNames { readonly miou: number; readonly pixels: number; readonly names: number }

/** How right the proposals of `scenes` are named. A px that no proposal lies on has no class. */
export function rightNames(scenes: readonly SeenScene[], fusion: Fusion | null): RightNames {
  const areas = new Float64Array(SCENE_CLASSES.length), named = new Float64Array(SCENE_CLASSES.length), both = new Float64Array(SCENE_CLASSES.length)
  let right = 0, count = 0
  for (const scene of scenes) {
    scene.areas.forEach((area, c) => { areas[c] += area })
    for (const { proposal, pixels, classId } of scene.proposals) {
      const { vector, named: byPack } = proposal
      const name = fusion === null || byPack?.text === undefined ? byPack?.classId : fusion.name([{ vector, text: byPack.text }])[0].classId
      count++
      if (name === classId) right++
      if (name === null || name === undefined) continue
      named[name] += proposal.areaPx2
      both[name] += pixels[name]
    }
  }
  const ious = Array.from(areas, (area, c) => (area === 0 ? [] : [both[c] / (area + named[c] - both[c])])).flat()
  return { miou: sum(ious) / ious.length, pixels: sum(both) / sum(areas), names: right / count }
}

const sum = (values: Iterable<number>): number => {
  let total = 0
  for (const value of values) total += value
  return total
}
