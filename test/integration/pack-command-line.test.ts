import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeLabelPng } from '../../main/formats/label-png.ts'
import { writeTinyPack } from '../reference/tiny-pack.ts'
import { paintPhoto } from '../unit/prelabel/painted-photos.ts'

const ENTRY = join(import.meta.dirname, '../../main/cli/maskwright.ts')
const home = mkdtempSync(join(tmpdir(), 'maskwright-pack-cli-'))
const images = join(home, 'images')
afterAll(() => rmSync(home, { recursive: true }))

const run = (...args: string[]) => new Promise<{ code: number; out: string; err: string }>((resolve) => {
  const env = { ...process.env, MASKWRIGHT_DATA: join(home, 'data'), MASKWRIGHT_PACKS: join(home, 'packs') }
  execFile(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, ...args], { maxBuffer: 1 << 26, env }, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }))
})
interface Coco { categories: { id: number; name: string }[]; annotations: { category_id: number; image_id: number; area: number; score?: number; maskwright?: { pack?: string; method?: string; device?: string; prompt?: string } }[] }

beforeAll(async () => {
  mkdirSync(images)
  writeTinyPack(join(home, 'packs'))
  await paintPhoto(join(images, 'a.jpg'), 160, 120, [{ x: 40, y: 45, radius: 25, colour: '#c02020' }, { x: 110, y: 55, radius: 28, colour: '#e8c020' }])
  await paintPhoto(join(images, 'b.png'), 120, 160, [{ x: 60, y: 80, radius: 40, colour: '#2040c0' }])
})

test('a folder of photos becomes COCO from class names alone, without a labelled picture', async () => {
  const out = join(home, 'out.json')
  const { code, out: text, err } = await run('prelabel', '--images', images, '--pack', 'tiny', '--device', 'cpu', '--classes', 'ox,ya,mu', '--out', out, '--json', '--set', 'minAreaPx2=1')
  expect([code, err]).toEqual([0, ''])
  const result = JSON.parse(text) as { images: number; proposals: number; unnamed: number; device: string; pack: string }
  expect(result).toMatchObject({ images: 2, unnamed: 0, device: 'cpu', pack: 'tiny' })
  const coco = JSON.parse(readFileSync(out, 'utf8')) as Coco
  expect(coco.annotations).toHaveLength(result.proposals)
  expect(coco.categories.map(({ name }) => name)).toEqual(['ox', 'ya', 'mu'])
  expect(new Set(coco.annotations.map(({ image_id }) => image_id)).size).toBe(2)
  expect(coco.annotations.reduce((sum, { area }) => sum + area, 0)).toBe(160 * 120 + 120 * 160)
  for (const { maskwright } of coco.annotations) expect(maskwright).toMatchObject({ pack: 'tiny', method: 'agg-gem' })
  // what the networks said lies in the cache, and another list of classes needs none of them
  const before = readdirSync(join(home, 'data', 'cache', 'maps')).length
  expect(before).toBeGreaterThanOrEqual(6)
  const again = await run('prelabel', '--images', images, '--pack', 'tiny', '--device', 'cpu', '--classes', 'ki,ra', '--method', 'gem', '--out', join(home, 'again.json'))
  expect(again.err).toBe('')
  expect(again.out).toContain('pack tiny on cpu')
  expect(readdirSync(join(home, 'data', 'cache', 'maps')).length).toBe(before + 2)
}, 240_000)

test('methods on ticked classes say which images lack them', async () => {
  writeFileSync(join(home, 'ticks.txt'), 'a.jpg: ya\n')
  const { code, out, err } = await run('prelabel', '--images', images, '--pack', 'tiny', '--device', 'cpu', '--method', 'agg-sd', '--classes', 'ox,ya', '--ticks', join(home, 'ticks.txt'), '--out', join(home, 'ticked.json'))
  expect(code).toBe(0)
  expect(err).toMatch(/^failed: "b\.png": no class is ticked for it, and the method agg-sd works on ticked classes; .*\n$/)
  expect(out).toContain('1 image pre-labelled')
  const coco = JSON.parse(readFileSync(join(home, 'ticked.json'), 'utf8')) as Coco
  expect(new Set(coco.annotations.map(({ category_id }) => coco.categories.find(({ id }) => id === category_id)?.name))).toEqual(new Set(['ya']))
}, 240_000)

test('a pack that is not there, and a method it has not, are refused with what there is', async () => {
  const refused = async (...more: string[]) => (await run('prelabel', '--images', images, '--classes', 'ox', '--out', join(home, 'x.json'), ...more)).err
  expect(await refused('--pack', 'none')).toMatch(/^maskwright: the pack none is not installed; .*models install none.*\n$/)
  expect(await refused('--pack', 'Not A Name')).toContain('small letters, digits and hyphens')
  expect(await refused('--method', 'agg-gem')).toMatch(/^maskwright: the pack classic has no scores of its own, .* use the method regions\n$/)
  expect(await refused('--pack', 'tiny', '--method', 'gt-clust')).toContain('the pack tiny proposes regions')
}, 240_000)

test('every method of a pack is judged on a data set, and a second run goes on from the journal', async () => {
  const data = join(home, 'data-set')
  mkdirSync(join(data, 'images'), { recursive: true })
  mkdirSync(join(data, 'masks'))
  writeFileSync(join(data, 'classes.txt'), 'ox\nya\n')
  await paintPhoto(join(data, 'images', 'a.png'), 64, 48, [{ x: 20, y: 24, radius: 12, colour: '#c02020' }])
  writeFileSync(join(data, 'masks', 'a.png'), encodeLabelPng({ width: 64, height: 48, labels: Uint16Array.from({ length: 64 * 48 }, (_, i) => ((i % 64 - 20) ** 2 + (Math.trunc(i / 64) - 24) ** 2 < 144 ? 1 : 0)) }, 2))
  const evaluate = (...more: string[]) => run('evaluate', '--dataset', 'folder', '--root', data, '--pack', 'tiny', '--device', 'cpu', '--out', join(home, 'report'), '--json', ...more)
  const { code, out, err } = await evaluate('--profile', 'reference')
  expect([code, err]).toEqual([0, ''])
  const { methods, failed } = JSON.parse(out) as { methods: Record<string, unknown>; failed: unknown[] }
  expect(failed).toEqual([])
  expect(Object.keys(methods).sort()).toEqual(['agg-gem', 'agg-gem-w', 'agg-sd', 'clip-surgery', 'diffseg', 'diffseg-clust', 'gem', 'gem-w', 'grabcut', 'gt-clust', 'maskclip', 'regions', 'spec-clust'])
  const shown = () => readFileSync(join(home, 'report', 'report.html'), 'utf8').split('<figcaption>prediction').length - 1
  // all but diffseg and regions, whose clusters have no names to show
  expect(shown()).toBe(11)
  expect((await evaluate('--profile', 'reference', '--worst', '0')).code).toBe(0)
  expect(shown()).toBe(0)
  const again = await evaluate('--profile', 'reference')
  expect(JSON.parse(again.out)).toEqual(JSON.parse(out))
  expect((await evaluate('--methods', 'gem', '--set', 'windows=true', '--set', 'promptEnsemble=true')).code).toBe(0)

  // where classes are ticked, every method is a run of its own over those of the picture
  const ticked = await evaluate('--methods', 'gem,gem-w', '--ticked')
  const overTicked = JSON.parse(ticked.out) as { methods: Record<string, { mIoU: number }> }
  expect(overTicked.methods['gem'].mIoU).toBe(overTicked.methods['gem-w'].mIoU)

  // a memory bank is a run of its own in the journal, and of one picture alone it holds nothing to go by
  const banked = await evaluate('--methods', 'gem', '--profile', 'reference', '--memory-bank')
  expect([banked.code, banked.err]).toEqual([0, ''])
  expect((JSON.parse(banked.out) as { methods: { gem: { mIoU: number } } }).methods.gem.mIoU).toBe((methods as { gem: { mIoU: number } }).gem.mIoU)
  writeTinyPack(join(home, 'packs'), { name: 'sees', diffusion: null, defaultMethod: 'gem' })
  const alone = (...more: string[]) => run('evaluate', '--dataset', 'folder', '--root', data, '--pack', 'sees', '--device', 'cpu', '--json', ...more)
  expect(JSON.parse((await alone('--methods', 'gem,agg-gem')).out)).toMatchObject({ failed: [], methods: { 'agg-gem': { mIoU: expect.any(Number) as number } } })
  expect((await alone('--methods', 'agg-gem', '--profile', 'reference')).err).toMatch(/the pack sees runs gem, .*clip-surgery, grabcut; with --set affinityOf=photo this one too\n$/)
  expect((await run('evaluate', '--dataset', 'folder', '--root', data, '--pack', 'classic', '--methods', 'diffseg', '--memory-bank')).err).toMatch(/^maskwright: --memory-bank .* needs --pack NAME, of a pack that has scores\n$/)
}, 300_000)

test('the benchmark times each network on each device that works, and says why the others do not', async () => {
  const { code, out, err } = await run('benchmark', '--pack', 'tiny', '--json')
  expect([code, err]).toEqual([0, ''])
  const { devices, notTaken } = JSON.parse(out) as { devices: { device: string; scores: { next: number }; affinity: { next: number } }[]; notTaken: { device: string; reason: string }[] }
  expect(devices.at(-1)?.device).toBe('cpu')
  for (const { scores, affinity } of devices) expect(Math.min(scores.next, affinity.next)).toBeGreaterThan(0)
  for (const { device } of notTaken) expect(devices.map((one) => one.device)).not.toContain(device)
}, 240_000)
