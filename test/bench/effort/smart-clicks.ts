import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, parse } from 'node:path'
import sharp from 'sharp'
import { regionsOf } from '../../../main/formats/label-regions.ts'
import { openMapsCache } from '../../../main/inference/maps-cache.ts'
import type { Mask } from '../../../main/masks/mask.ts'
import { areaOf, decodeInto } from '../../../main/masks/rle.ts'
import { openPack } from '../../../main/packs/open-pack.ts'
import { clickMask, prepareClassicClicks, prepareClickablePhoto, type ClickablePhoto } from '../../../main/pipeline/classic-clicks.ts'
import type { ClickNetworks } from '../../../main/pipeline/click-windows.ts'
import { createPackRunner } from '../../../main/pipeline/pack-methods.ts'
import { openPhoto } from '../../../main/pipeline/photo.ts'
import type { Products } from '../../../main/products/products.ts'
import { renderScene } from '../../../main/scenes/render-scene.ts'
import { atMost, median, quantile, type Figure } from '../figures.ts'
import { CLICK_NETWORKS } from '../../../main/segment/click-weights.ts'
import { CLICKS_MAX, clicksTo, clickThrough } from './click-annotator.ts'
import halvesBoxed from './click-halves-boxed.json' with { type: 'json' }
import halvesFree from './click-halves-free.json' with { type: 'json' }
import type { PlotLine } from './effort-plot.ts'
import type { SamplePhoto } from './sample-photos.ts'

/** Smaller objects are a few cells of the grid; they are not clicked, px². */
export const AREA_MIN = 4000
/** Scenes are a sixth of a photo's pixels. */
const SCENE_SIDE = 256, SCENES = 15, SCENE_SEED = 3_000_000, SCENE_AREA_MIN = 400
const NO_REGION = 0xffff
/** NoC@85 of the best baseline on the 67 objects of the sample photos, without a box and with the true one, by test/reference/click_baselines.py (docs/effort.md); other photos have other baselines. */
const RANDOM_WALKER = 15.6, GRABCUT_WITH_BOX = 10.6
/** The aim: a quarter fewer clicks. */
const AIM = 0.75

interface Clicked { readonly path: string; readonly width: number; readonly height: number; readonly objects: readonly { readonly areaPx2: number; readonly mask: Mask }[] }

export const planeOf = (mask: Mask, { width, height }: Pick<Clicked, 'width' | 'height'>): Uint8Array => {
  const plane = new Uint8Array(width * height)
  decodeInto(mask, plane, width, 1)
  return plane
}

interface Times { readonly later: number[]; readonly ready: number[] }

/** IoU after each click on each object, at the picture's full size. @param boxed  begun with the object's true box */
async function runsOf(pictures: readonly Clicked[], prepare: (path: string) => Promise<ClickablePhoto>, boxed: boolean, { later, ready }: Times = { later: [], ready: [] }): Promise<number[][]> {
  const runs: number[][] = []
  for (const picture of pictures) {
    if (picture.objects.length === 0) continue
    const from = performance.now()
    const clickable = await prepare(picture.path)
    ready.push(performance.now() - from)
    for (const { mask: truth } of picture.objects) {
      const box: [number, number, number, number] | null = boxed ? [truth.x, truth.y, truth.x + truth.width, truth.y + truth.height] : null
      runs.push(await clickThrough(planeOf(truth, picture), picture.width, picture.height, 0.9, async (clicks) => {
        const started = performance.now()
        const { mask } = await clickMask(clickable, { clicks: [...clicks], box, threshold: 1, part: null })
        if (clicks.length > 1) later.push(performance.now() - started)
        // as the program does between two clicks
        clickable.windows.prepareNext()
        return planeOf(mask, picture)
      }))
    }
  }
  return runs
}

/** What ships was fitted to all sample photos (click_network.py): each of them is clicked with the networks that were fitted to the other half of them. */
function networksFor(path: string): ClickNetworks {
  const half = halvesBoxed.photos.findIndex((names) => names.includes(parse(path).name))
  return half < 0 ? CLICK_NETWORKS : { boxed: halvesBoxed.networks[1 - half], free: halvesFree.networks[1 - half] }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function nocOf(what: string, runs: readonly (readonly number[])[], aim: number | null): Record<string, Figure> {
  const figures: Record<string, Figure> = {}
  for (const wanted of [0.8, 0.85, 0.9]) {
    const value = mean(runs.map((ious) => clicksTo(ious, wanted)))
    const target = wanted === 0.85 ? aim : null
    figures[`${what}, NoC@${100 * wanted}`] = { value, unit: `clicks of ${CLICKS_MAX}`, target: target === null ? 'none' : `≤ ${Number(target.toPrecision(3))}`, holds: target === null ? null : value <= target }
  }
  figures[`${what}, IoU after 1`] = { value: mean(runs.map(([first]) => first)), unit: '', target: 'none', holds: null }
  return figures
}

const lineOf = (name: string, runs: readonly (readonly number[])[]): PlotLine => ({ name, points: Array.from({ length: CLICKS_MAX }, (_, k): [number, number] => [k + 1, mean(runs.map((run) => run[Math.min(k, run.length - 1)]))]) })

/** Smart click with `classic`, without and with a box, and on the affinity of the pack `demo`: on photos, and on the scenes that it is made for. */
export async function smartClickFigures(photos: readonly SamplePhoto[], products: Products): Promise<{ figures: Record<string, Figure>; lines: PlotLine[] }> {
  const pictures = photos.map((photo) => ({ ...photo, objects: photo.objects.filter(({ areaPx2 }) => areaPx2 > AREA_MIN) }))
  if (pictures.every(({ objects }) => objects.length === 0)) return { figures: {}, lines: [] }
  const times: Times = { later: [], ready: [] }
  const classic = (path: string): Promise<ClickablePhoto> => prepareClassicClicks(path, products, networksFor(path))
  const plain = await runsOf(pictures, classic, false, times), boxed = await runsOf(pictures, classic, true)
  const figures = {
    ...nocOf('smart click', plain, AIM * RANDOM_WALKER), ...nocOf('smart click with the true box', boxed, AIM * GRABCUT_WITH_BOX),
    'smart click, a later click': atMost(median(times.later), 50, 'ms'),
    'smart click, a later click, 95 of 100 within': atMost(quantile(times.later, 0.95), 50, 'ms'),
    'smart click, photo made ready': atMost(median(times.ready) / 1000, 2, 's'),
  }
  const folder = await mkdtemp(join(tmpdir(), 'maskwright-clicks-'))
  const runner = await createPackRunner(openPack('demo'), { threads: 1, devices: ['cpu'], precision: 'auto', cache: openMapsCache(join(folder, 'maps'), 1e9), products, int8Folder: join(folder, 'int8') })
  try {
    const demo = async (path: string): Promise<ClickablePhoto> => prepareClickablePhoto(path, await runner.maps.affinity(await openPhoto(path), 'layers', 'corrected'), products, networksFor(path))
    const scenes = await scenesIn(folder)
    Object.assign(figures,
      nocOf('smart click on the pack demo’s affinity', await runsOf(pictures, demo, false), null),
      nocOf('scenes, smart click', await runsOf(scenes, classic, false), null),
      nocOf('scenes, smart click on the pack demo’s affinity', await runsOf(scenes, demo, false), null))
  } finally {
    await runner.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { figures, lines: [lineOf('classic', plain), lineOf('classic, with the true box', boxed)] }
}

async function scenesIn(folder: string): Promise<Clicked[]> {
  const scenes: Clicked[] = []
  for (let i = 0; i < SCENES; i++) {
    const { rgb, ids } = await renderScene(SCENE_SEED + i, SCENE_SIDE)
    const path = join(folder, `scene ${i}.png`)
    await writeFile(path, await sharp(rgb, { raw: { width: SCENE_SIDE, height: SCENE_SIDE, channels: 3 } }).png().toBuffer())
    const objects = [...regionsOf(ids, SCENE_SIDE, SCENE_SIDE, NO_REGION)].map(([, mask]) => ({ mask, areaPx2: areaOf(mask) })).filter(({ areaPx2 }) => areaPx2 > SCENE_AREA_MIN)
    scenes.push({ path, width: SCENE_SIDE, height: SCENE_SIDE, objects })
  }
  return scenes
}
