import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TransferReport } from '../../main/contract/transfer.ts'
import { roundTripFixture } from './round-trip-fixture.ts'
import { maskwrightWith } from './run-maskwright.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-format-commands-'))
afterAll(() => rmSync(home, { recursive: true }))
const maskwright = maskwrightWith(join(home, 'data'))
const at = (...parts: readonly string[]): string => join(home, ...parts)
const reportOf = (text: string): TransferReport => JSON.parse(text) as TransferReport

interface Coco { readonly images: { id: number; file_name: string; width?: number; height?: number }[]; readonly annotations: Record<string, unknown>[]; readonly categories: { id: number; name: string }[] }
beforeAll(async () => {
  const { coco } = await roundTripFixture(home)
  // nothing to mend in it: what is written comes back clean
  const truth = coco as unknown as Coco
  writeFileSync(at('unsized.json'), JSON.stringify({ ...truth, images: truth.images.map(({ width: _w, height: _h, ...image }) => image) }))
  writeFileSync(at('broken.json'), '{"images": [')
})

describe('check', () => {
  test('ends with 1 when something is mended, 0 when all is well, 2 when nothing can be read; --json is one object', async () => {
    const mended = await maskwright('check', at('truth.json'), '--json')
    expect([mended.code, mended.err]).toEqual([1, ''])
    expect(reportOf(mended.out)).toMatchObject({ format: 'coco-instances', images: 5, annotations: 10, verdict: 'mended' })
    expect((await maskwright('convert', '--to', 'coco-instances', at('truth.json'), at('clean.json'))).code).toBe(0)
    const clean = await maskwright('check', at('clean.json'), '--images', at('images'))
    expect([clean.code, clean.err]).toEqual([0, ''])
    expect(clean.out).toMatch(/^coco-instances: 10 annotations on 5 images, 4 classes: clean\n/)
    const refused = await maskwright('check', at('broken.json'), '--format', 'coco-instances')
    expect(refused.code).toBe(2)
    expect(refused.out).toMatch(/refused +1 × This is no valid JSON: nothing is read \(.*line 1, column 13/)
  }, 60_000)

  test('ends with 2 too when records are refused and the rest is read, so that a script hears of a loss', async () => {
    const truth = JSON.parse(readFileSync(at('truth.json'), 'utf8')) as Coco
    writeFileSync(at('dangling.json'), JSON.stringify({ ...truth, annotations: [...truth.annotations, { ...truth.annotations[0], id: 77_777, image_id: 77_777 }] }))
    const dangling = await maskwright('check', at('dangling.json'), '--json')
    expect([dangling.code, dangling.err]).toEqual([2, ''])
    expect(reportOf(dangling.out)).toMatchObject({ images: 5, annotations: 10, verdict: 'mended' })
    expect(reportOf(dangling.out).findings).toContainEqual({ rule: 'dangling-image', severity: 'refused', count: 1, action: 'the annotation is left out', examples: ['annotation 77777 is of image 77777, which the file does not list'] })
  }, 30_000)

  test('a file without sizes says that it needs its pictures, and is read with them', async () => {
    rmSync(at('alone'), { recursive: true, force: true })
    const alone = mkdtempSync(join(tmpdir(), 'maskwright-alone-'))
    try {
      writeFileSync(join(alone, 'unsized.json'), readFileSync(at('unsized.json')))
      const without = await maskwright('check', join(alone, 'unsized.json'))
      expect(without.code).toBe(2)
      expect(without.out).toContain('Nothing says how large the picture is: left out with its annotations: give the folder of the pictures')
      const images = await maskwright('check', join(alone, 'unsized.json'), '--images', at('images'), '--json')
      expect(images.code).toBe(1)
      expect(reportOf(images.out).findings).toContainEqual(expect.objectContaining({ rule: 'image-size-missing', count: 5, action: 'taken from the picture' }))
    } finally {
      rmSync(alone, { recursive: true })
    }
  }, 60_000)
})

describe('convert', () => {
  test('every option of the writers is taken', async () => {
    const yolo = await maskwright('convert', '--from', 'coco-instances', '--to', 'yolo', '--split', '0.6,0.4', '--seed', '3', '--pictures', 'copy', '--images', at('images'), '--masks', 'simplified', '--tolerance', '0.5', '--states', 'accepted,drawn', at('truth.json'), at('yolo'), '--json')
    expect([yolo.code, yolo.err]).toEqual([0, ''])
    expect(JSON.parse(yolo.out)).toMatchObject({ read: { format: 'coco-instances', images: 5 }, written: { format: 'yolo', images: 5, findings: expect.arrayContaining([expect.objectContaining({ rule: 'split' })]) as unknown }, out: at('yolo') })
    expect(readdirSync(at('yolo', 'images')).toSorted()).toEqual(['train', 'val'])
    const panoptic = await maskwright('convert', '--to', 'coco-panoptic', '--overlap', 'smaller', '--strict', '--pictures', 'link', at('truth.json'), at('panoptic'))
    expect([panoptic.code, panoptic.err]).toEqual([0, ''])
    expect(panoptic.out).toMatch(/Pixels that several annotations claim/)
    expect(readFileSync(at('panoptic', 'panoptic.json'), 'utf8')).not.toContain('maskwright')
    expect(lstatSync(at('panoptic', 'images', 'a', 'same.jpg')).isSymbolicLink()).toBe(true)
    const results = await maskwright('convert', '--to', 'coco-results', at('truth.json'), at('results.json'))
    expect(results.code).toBe(0)
    const proposals = await maskwright('convert', '--from', 'coco-results', '--reference', at('truth.json'), '--to', 'coco-instances', '--states', 'pending', '--masks', 'keyhole', at('results.json'), at('proposals.json'))
    expect([proposals.code, proposals.err]).toEqual([0, ''])
    expect((JSON.parse(readFileSync(at('proposals.json'), 'utf8')) as Coco).annotations.length).toBeGreaterThan(5)
  }, 90_000)

  test('what an option can’t be is said in words that name it', async () => {
    for (const [args, message] of [
      [['--to', 'coco'], /^maskwright: "coco" is no format; there are coco-instances, /],
      [['--to', 'cvat'], /^maskwright: .*can only be read; choose another format\n$/],
      [['--to', 'yolo', '--masks', 'boxes'], /^maskwright: --masks: /],
      [['--to', 'yolo', '--split', '0.5,0.9'], /^maskwright: --split: the shares of train, val and test have to add up to 1\n$/],
      [['--to', 'yolo', '--tolerance', '0'], /^maskwright: --tolerance: /],
      [['--to', 'yolo', '--pictures', 'move'], /^maskwright: --pictures: /],
      [['--to', 'yolo', '--overlap', 'back'], /^maskwright: --overlap: /],
      [['--to', 'yolo', '--images', at('nowhere')], /^maskwright: --images .*nowhere: there is no such folder\n$/],
      [['--to', 'yolo', '--reference', at('nowhere.json')], /^maskwright: there is no file ".*nowhere\.json"\n$/],
    ] as const) {
      const { code, out, err } = await maskwright('convert', ...args, at('truth.json'), (args as readonly string[]).includes('cvat') ? at('never.json') : at('never'))
      expect(err).toMatch(message)
      expect([code, out]).toEqual([1, ''])
    }
    expect((await maskwright('check', at('truth.json'), '--images', at('nowhere'))).err).toMatch(/^maskwright: there is no folder of pictures ".*nowhere"\n$/)
    expect(existsSync(at('never'))).toBe(false)
  }, 90_000)
})

describe('import and export', () => {
  const project = at('p.maskwright')

  test('a dry run needs no project and makes none', async () => {
    const dry = await maskwright('import', '--project', project, '--from', at('truth.json'), '--dry-run', '--json')
    expect([dry.code, dry.err]).toEqual([0, ''])
    expect(reportOf(dry.out)).toMatchObject({ images: 5, annotations: 10 })
    expect(existsSync(project)).toBe(false)
    const refused = await maskwright('import', '--project', project, '--from', at('broken.json'), '--dry-run', '--json')
    expect(refused.code).toBe(1)
    expect(reportOf(refused.out).verdict).toBe('refused')
  }, 60_000)

  test('a folder of another format joins a project, its pictures done unless told otherwise, and comes out in a third', async () => {
    expect((await maskwright('convert', '--to', 'voc', '--pictures', 'copy', '--images', at('images'), at('truth.json'), at('voc'))).code).toBe(0)
    const imported = await maskwright('import', '--project', project, '--images', at('voc', 'JPEGImages'), '--from', at('voc'), '--format', 'voc', '--no-done', '--json')
    expect([imported.code, imported.err]).toEqual([0, ''])
    expect(reportOf(imported.out)).toMatchObject({ format: 'voc', images: 5 })
    const dry = await maskwright('export', '--project', project, '--out', at('maps'), '--format', 'label-png', '--dry-run', '--json')
    expect(dry.code).toBe(0)
    expect(existsSync(at('maps'))).toBe(false)
    const exported = await maskwright('export', '--project', project, '--out', at('maps'), '--format', 'label-png', '--json')
    expect([exported.code, exported.err]).toEqual([0, ''])
    expect(reportOf(exported.out).annotations).toBe(reportOf(dry.out).annotations)
    expect(readdirSync(at('maps'))).toContain('classes.txt')
    const again = await maskwright('export', '--project', project, '--out', at('maps'), '--format', 'label-png')
    expect([again.code, again.err]).toEqual([1, expect.stringMatching(/^maskwright: ".*maps" exists already; .*\n$/)])
  }, 90_000)
})
