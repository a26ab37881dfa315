// What click_network.py fits smart click's networks to: px of every step of a simulated annotator, with the truth.
// Usage: node build/run.mjs test/reference/click-samples.ts PHOTOS OUT NETWORKS.json [--box] [--samples=200]
// Every second photo's objects are clicked with the network that was fitted to the other photos (NETWORKS.json holds one for the first
// half and one for the second), so what is printed was measured on photos that the network had not seen. Writes OUT-0.f32 and
// OUT-1.f32, one half each, and OUT-photos.json with their names: rows of f32, the evidence of a px, whether it is inside, object, click, mask before.
import { writeFileSync, readFileSync } from 'node:fs'
import { createOnnxProducts } from '../../main/inference/onnx-products.ts'
import { prepareClassicClicks } from '../../main/pipeline/classic-clicks.ts'
import type { Step } from '../../main/pipeline/click-windows.ts'
import { EVIDENCE_COUNT } from '../../main/segment/px-evidence.ts'
import type { ClickNetwork } from '../../main/segment/click-network.ts'
import { seededRandom } from '../../main/segment/seeded-random.ts'
import { clicksTo, clickThrough } from '../bench/effort/click-annotator.ts'
import { readSamplePhotos } from '../bench/effort/sample-photos.ts'
import { planeOf } from '../bench/effort/smart-clicks.ts'

/** Smaller objects are a few px; those that figures are for. px² */
const AREA_MIN = 1200, AREA_MEASURED = 4000
const [folder, out, networksFile] = process.argv.slice(2)
const boxed = process.argv.includes('--box')
const samples = Number(process.argv.find((flag) => flag.startsWith('--samples='))?.slice('--samples='.length) ?? 200)
const { networks } = JSON.parse(readFileSync(networksFile, 'utf8')) as { networks: readonly ClickNetwork[] }
const products = createOnnxProducts(2), random = seededRandom(1)
const rows: [Float32Array[], Float32Array[]] = [[], []]
const runs: [number[][], number[][]] = [[], []]
const names: [string[], string[]] = [[], []]

for (const [k, photo] of (await readSamplePhotos(folder)).entries()) {
  const half = k % 2, network = networks[1 - half]
  names[half].push(photo.name)
  const { windows } = await prepareClassicClicks(photo.path, products, { boxed: network, free: network })
  for (const [object, { mask, areaPx2 }] of photo.objects.entries()) {
    if (areaPx2 <= AREA_MIN) continue
    const truth = planeOf(mask, photo), box = boxed ? [mask.x, mask.y, mask.x + mask.width, mask.y + mask.height] as const : null
    let before: Step | null = null
    const ious = await clickThrough(truth, photo.width, photo.height, 0.9, async (clicks) => {
      const step = await windows.step(before, clicks[clicks.length - 1], box, 1)
      rows[half].push(samplesOf(step, before, truth, photo.width, 100 * k + object))
      before = step
      return planeOf(windows.maskOf(step, box), photo)
    })
    if (areaPx2 > AREA_MEASURED) runs[half].push(ious)
  }
}
for (const [half, name] of ['first', 'second'].entries()) {
  const noc = [0.8, 0.85, 0.9].map((wanted) => runs[half].reduce((sum, run) => sum + clicksTo(run, wanted), 0) / runs[half].length)
  process.stdout.write(`${name} half, fitted to the other: ${runs[half].length} objects, NoC@80/85/90 ${noc.map((value) => value.toFixed(2)).join(' / ')}\n`)
  writeFileSync(`${out}-${half}.f32`, Buffer.concat(rows[half].map(({ buffer }) => new Uint8Array(buffer))))
}
writeFileSync(`${out}-photos.json`, JSON.stringify(names))

/** @returns f32[samples, EVIDENCE_COUNT + 4] */
function samplesOf({ clicks, framed: { frame: [x0, y0, x1, y1], window: { width, height, allowed } }, evidence }: Step & { readonly evidence: Float32Array }, before: Step | null, truth: Uint8Array, photoWidth: number, object: number): Float32Array<ArrayBuffer> {
  const columns = EVIDENCE_COUNT + 4, found = new Float32Array(samples * columns)
  for (let row = 0; row < samples;) {
    const at = Math.floor(random() * width * height)
    if (allowed[at] === 0) continue
    const x = Math.floor(x0 + (((at % width) + 0.5) * (x1 - x0)) / width), y = Math.floor(y0 + ((Math.floor(at / width) + 0.5) * (y1 - y0)) / height)
    for (let k = 0; k < EVIDENCE_COUNT; k++) found[row * columns + k] = evidence[k * allowed.length + at]
    found.set([truth[y * photoWidth + x], object, clicks.length, before?.framed.window.allowed === allowed ? before.state.mask[at] : 0], row * columns + EVIDENCE_COUNT)
    row++
  }
  return found
}
