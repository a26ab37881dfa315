import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeCounts, roundTripFixture } from './round-trip-fixture.ts'
import { ENTRY, maskwrightWith } from './run-maskwright.ts'

const home = mkdtempSync(join(tmpdir(), 'maskwright-cli-'))
afterAll(() => rmSync(home, { recursive: true }))

const maskwright = maskwrightWith(join(home, 'data'))
type Coco = { images: { id: number; file_name: string }[]; annotations: { id: number; image_id: number; category_id: number; area: number; maskwright?: { state: string }; segmentation: { size: [number, number]; counts: string } }[]; categories: { id: number; name: string }[] }
const cocoAt = (path: string): Coco => JSON.parse(readFileSync(path, 'utf8')) as Coco

beforeAll(async () => { await roundTripFixture(home) })
const project = join(home, 'fixture.maskwright')

test('every command explains itself with an example', async () => {
  const top = await maskwright('--help')
  expect(top.code).toBe(0)
  for (const name of ['prelabel', 'import', 'export', 'serve', 'models', 'sync', 'relink', 'backup', 'log']) {
    expect(top.out).toContain(`\n  ${name} `)
    const { code, out, err } = await maskwright(name, '--help')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(new RegExp(`Examples?:\\n {2}maskwright ${name}`))
  }
})

test('a failure is one clear line on standard error and a code other than 0', async () => {
  writeFileSync(join(home, 'no.json'), '{"images": [')
  for (const [args, message] of [
    [['export', '--project', join(home, 'none.maskwright'), '--out', 'x.json'], /^maskwright: --project .*none\.maskwright: there is no such file\n$/],
    [['import', '--project', join(home, 'new.maskwright'), '--images', join(home, 'images'), '--coco', join(home, 'no.json')], /^maskwright: .*no\.json.*line 1, column 13.*nothing was imported.*\n$/],
    [['prelabel', '--images', home, '--out', 'x.json'], /^maskwright: say which classes there are: .*\n$/],
    [['prelabel', '--images', home, '--out', 'x.json', '--classes', 'a,a'], /^maskwright: --classes: class "a" is listed twice\n$/],
    [['prelabel', '--images', home, '--out', 'x.json', '--classes', 'a', '--set', 'temperature=0.1'], /^maskwright: --set temperature: regions obeys clusterCount, nameThreshold, edgeSnap, minAreaPx2\n$/],
    [['prelabel', '--images', home, '--out', 'x.json', '--classes', 'a', '--pack', 'demo', '--method', 'gem', '--set', 'clusterCount=9'], /^maskwright: --set clusterCount: gem obeys temperature, /],
    [['prelabel', '--images', home, '--out', 'x.json', '--classes', 'a', '--set', 'clusterCount=1'], /^maskwright: --set clusterCount=1: clusterCount takes a whole number from 2 to 100 \(clusters\)\n$/],
    [['prelabel', '--images', join(home, 'nowhere'), '--out', 'x.json', '--classes', 'a'], /^maskwright: --images .*nowhere: there is no such folder\n$/],
    [['export', '--project', 'p', '--out', 'photo.jpg'], /^maskwright: --out photo\.jpg: the name of a COCO file has to end in \.json\n$/],
    [['export', '--project', 'p', '--out', 'x.json', '--states', 'kept'], /^maskwright: --states kept: "kept" is none of pending, accepted, fixed, rejected, drawn\n$/],
    [['serve', '--images', home], /^maskwright: --images needs --project/],
    [['paint'], /^error: unknown command 'paint'/],
    [['serve', '--port', '70000'], /^error: .*a port is a number from 0 to 65535/],
  ] as const) {
    const { code, out, err } = await maskwright(...args)
    expect(err).toMatch(message)
    expect([code, out]).toEqual([1, ''])
  }
}, 60_000)

test('import, dry run first, then export: ids and pixels are those of the file', async () => {
  const dry = await maskwright('import', '--project', project, '--images', join(home, 'images'), '--coco', join(home, 'truth.json'), '--dry-run', '--json')
  expect(dry.code).toBe(0)
  expect(existsSync(project)).toBe(false)
  expect(JSON.parse(dry.out)).toMatchObject({ images: 5, annotations: 10, classes: 4, verdict: 'mended' })
  const imported = await maskwright('import', '--project', project, '--images', join(home, 'images'), '--coco', join(home, 'truth.json'))
  expect([imported.code, imported.err]).toEqual([0, ''])
  expect(imported.out).toMatch(/^10 annotations on 5 images, 4 classes: mended\n/)
  const exported = await maskwright('export', '--project', project, '--out', join(home, 'out.json'), '--strict', '--json')
  expect(exported.code).toBe(0)
  expect(JSON.parse(exported.out)).toMatchObject({ annotations: 10, images: 5, verdict: 'clean', out: join(home, 'out.json') })
  const [truth, written] = [cocoAt(join(home, 'truth.json')), cocoAt(join(home, 'out.json'))]
  for (const list of ['images', 'annotations', 'categories'] as const) expect(new Set(written[list].map(({ id }) => id))).toEqual(new Set(truth[list].map(({ id }) => id)))
  const donut = written.annotations.find(({ id }) => id === 2)
  expect(donut?.area).toBe(400)
})

test('sync, relink, backup and log work on a project and say what they did', async () => {
  expect((await maskwright('sync', '--project', project)).out).toMatch(/: 0 added, 0 changed, 0 missing, 0 returned\n$/)
  const relinked = await maskwright('relink', '--project', project, '--to', join(home, 'images'), '--json')
  expect(JSON.parse(relinked.out)).toMatchObject({ added: 0, missing: 0 })
  expect((await maskwright('relink', '--project', project, '--from', '/nowhere', '--to', home)).err).toMatch(/say which folder with --from; the project has /)
  mkdirSync(join(home, 'backups'))
  const backedUp = await maskwright('backup', '--project', project, '--folder', join(home, 'backups'), '--json')
  expect(readdirSync(join(home, 'backups'))).toEqual([(JSON.parse(backedUp.out) as { file: string }).file.split('/').at(-1)])
  expect((await maskwright('log', '--limit', '50')).out).toMatch(/info {2}export: .*out\.json: coco-instances, 10 annotations/)
})

test('prelabel: what is labelled teaches, the rest gets proposals, and COCO comes out', async () => {
  const pictures = join(home, 'shapes')
  mkdirSync(pictures)
  // the same two objects on grass, at other places
  const scene = (x: number, y: number) => `<svg width="160" height="120"><rect width="160" height="120" fill="#4a8c3f"/><circle cx="${x}" cy="${y}" r="24" fill="#d02020"/><rect x="${150 - x}" y="70" width="34" height="34" fill="#2030c0"/></svg>`
  for (const [name, x, y] of [['a', 40, 40], ['b', 60, 45], ['c', 90, 50]] as const) await sharp(Buffer.from(scene(x, y))).png().toFile(join(pictures, `${name}.png`))
  const polygon = (x0: number, y0: number, x1: number, y1: number) => [[x0, y0, x1, y0, x1, y1, x0, y1]]
  writeFileSync(join(home, 'labels.json'), JSON.stringify({
    images: [{ id: 1, file_name: 'a.png', width: 160, height: 120 }],
    categories: [{ id: 1, name: 'ball' }, { id: 2, name: 'box' }],
    annotations: [
      { id: 1, image_id: 1, category_id: 1, segmentation: polygon(20, 20, 60, 60), bbox: [20, 20, 40, 40], area: 1600, iscrowd: 0 },
      { id: 2, image_id: 1, category_id: 2, segmentation: polygon(110, 70, 144, 104), bbox: [110, 70, 34, 34], area: 1156, iscrowd: 0 },
    ],
  }))
  const before = readdirSync(pictures)
  const { code, out, err } = await maskwright('prelabel', '--images', pictures, '--labels', join(home, 'labels.json'), '--classes', 'ball,box,sky', '--set', 'clusterCount=6', '--out', join(home, 'proposals.json'), '--json')
  expect(err).toBe('labels: 2 annotations on 1 image, 2 classes: clean\n')
  expect(code).toBe(0)
  const result = JSON.parse(out) as Record<'images' | 'proposals' | 'unnamed' | 'seconds' | 'failures' | 'written', number>
  expect(result).toMatchObject({ images: 2, failures: 0, out: join(home, 'proposals.json') })
  expect(result.proposals).toBeGreaterThan(0)
  const coco = cocoAt(join(home, 'proposals.json'))
  expect(coco.categories.map(({ name }) => name)).toEqual(['ball', 'box', 'sky'])
  expect(coco.images.map(({ file_name }) => file_name).sort()).toEqual(['a.png', 'b.png', 'c.png'])
  // the labels, and every proposal that has a class
  expect(coco.annotations.length).toBe(2 + result.proposals - result.unnamed)
  expect(result.written).toBe(coco.annotations.length)
  const labelled = coco.images.find(({ file_name }) => file_name === 'a.png')?.id
  for (const { image_id, area, maskwright: own, segmentation } of coco.annotations) {
    expect(own?.state).toBe(image_id === labelled ? 'accepted' : 'pending')
    expect(segmentation.size).toEqual([120, 160])
    expect(decodeCounts(segmentation.counts, 160, 120).reduce((sum, pixel) => sum + pixel, 0)).toBe(area)
  }
  // what was shown as a ball is found again as a ball, where it now is
  const ball = coco.annotations.find(({ image_id, category_id, segmentation }) => image_id !== labelled && category_id === 1
    && decodeCounts(segmentation.counts, 160, 120)[(coco.images.find(({ id }) => id === image_id)?.file_name === 'b.png' ? 45 * 160 + 60 : 50 * 160 + 90)] === 1)
  expect(ball).toBeDefined()
  expect(readdirSync(pictures)).toEqual(before)
}, 120_000)

/** Two good pictures, one of them animated, three that are none, one of them of a name that would break a line. */
async function mixedFolder(name: string): Promise<string> {
  const folder = join(home, name)
  mkdirSync(folder)
  const [still, ...frames] = await Promise.all(['#d02020', '#2030c0', '#20d020'].map((background) => sharp({ create: { width: 160, height: 120, channels: 3, background } }).png().toBuffer()))
  writeFileSync(join(folder, 'a.png'), still)
  await sharp(frames, { join: { animated: true } }).gif().toFile(join(folder, 'b.gif'))
  writeFileSync(join(folder, 'cut.png'), readFileSync(join(folder, 'a.png')).subarray(0, 60))
  writeFileSync(join(folder, 'empty.jpg'), '')
  writeFileSync(join(folder, 'new\nline.jpg'), 'no picture')
  return folder
}

test('pictures that can’t be read are named with their reasons, and the others are pre-labelled all the same', async () => {
  const { code, out, err } = await maskwright('prelabel', '--images', await mixedFolder('mixed'), '--classes', 'a', '--set', 'clusterCount=2', '--set', 'edgeSnap=none', '--out', join(home, 'mixed.json'), '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ images: 2, failures: 0, unread: 3 })
  expect(err.trimEnd().split('\n').sort()).toEqual([expect.stringMatching(/^left out: "cut.png": .*cut off/), expect.stringMatching(/^left out: "empty.jpg": is empty/), expect.stringMatching(/^left out: "new\\nline.jpg": is not a picture/), 'note: "b.gif": animated, 2 frames: the first is shown', expect.stringMatching(/^nothing is named yet: .*--labels/)])
}, 60_000)

test('a folder without pictures is no success, and a project made for a command that failed does not stay', async () => {
  const empty = join(home, 'empty')
  mkdirSync(empty)
  const project = join(home, 'of-nothing.maskwright')
  const { code, err } = await maskwright('prelabel', '--images', empty, '--project', project, '--classes', 'a', '--out', join(home, 'nothing.json'))
  expect([code, err]).toEqual([1, expect.stringContaining('it holds no picture that can be read') as unknown])
  expect(existsSync(join(home, 'nothing.json'))).toBe(false)
  expect(readdirSync(home).filter((name) => name.startsWith('of-nothing'))).toEqual([])
})

test('prelabel asks for the classes of the labels when none are named', async () => {
  const { code, out } = await maskwright('prelabel', '--images', join(home, 'shapes'), '--labels', join(home, 'labels.json'), '--set', 'clusterCount=6', '--set', 'edgeSnap=none', '--out', join(home, 'of-labels.json'), '--json')
  expect(code).toBe(0)
  const { proposals, unnamed } = JSON.parse(out) as Record<'proposals' | 'unnamed', number>
  expect(unnamed).toBeLessThan(proposals)
  const { annotations, categories } = cocoAt(join(home, 'of-labels.json'))
  expect(categories.map(({ name }) => name)).toEqual(['ball', 'box'])
  expect(annotations.length).toBe(2 + proposals - unnamed)
})

test('the labels given are not written over', async () => {
  const labels = join(home, 'mine.json')
  writeFileSync(labels, '{}')
  const { code, err } = await maskwright('prelabel', '--images', home, '--classes', 'a', '--labels', labels, '--out', join(home, 'x', '..', 'mine.json'))
  expect([code, err]).toEqual([1, expect.stringContaining('is the file of --labels') as unknown])
  expect(readFileSync(labels, 'utf8')).toBe('{}')
})

test('a file that cannot be written at the end is refused before the work begins', async () => {
  const project = join(home, 'never.maskwright')
  for (const [out, message] of [
    [join(home, 'nowhere', 'x.json'), /^maskwright: --out .*x\.json: there is no folder .*nowhere\n$/],
    [mkdtempSync(join(home, 'folder-')), /^maskwright: --out .*folder-\S+: the name of a COCO file has to end in \.json\n$/],
  ] as const) {
    // nobody answers at that queue: it is not even asked
    for (const queue of [[], ['--queue', 'redis://127.0.0.1:1']]) {
      const { code, err } = await maskwright('prelabel', ...queue, '--images', join(home, 'images'), '--project', project, '--classes', 'a', '--out', out)
      expect(err).toMatch(message)
      expect(code).toBe(1)
      expect(existsSync(project)).toBe(false)
    }
  }
})

test('a run with a project that is stopped by Ctrl+C or killed keeps what it has, and the same command goes on with the rest', async () => {
  const folder = join(home, 'series')
  mkdirSync(folder)
  const add = (n: number) => sharp({ create: { width: 160, height: 120, channels: 3, background: { r: 20 * n, g: 60, b: 90 } } }).composite([{ input: Buffer.from(`<svg width="160" height="120"><circle cx="${20 + 8 * n}" cy="60" r="22" fill="#e0d020"/></svg>`) }]).png().toFile(join(folder, `${n}.png`))
  for (let n = 0; n < 6; n++) await add(n)
  const project = join(home, 'series.maskwright')
  const args = ['prelabel', '--images', folder, '--project', project, '--classes', 'a', '--set', 'clusterCount=6', '--out', join(home, 'series.json'), '--json']
  /** begins the command and sends the signal when more images are done than before */
  const cutOff = (signal: 'SIGINT' | 'SIGKILL', more: number): Promise<{ code: number | null; out: string; err: string }> => new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY, ...args], { env: { ...process.env, MASKWRIGHT_DATA: join(home, 'data') }, stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.on('data', (bytes: Buffer) => { out += bytes.toString() })
    child.stderr.on('data', (bytes: Buffer) => { err += bytes.toString() })
    const timer = setInterval(() => {
      if (doneImages(project) < more) return
      clearInterval(timer)
      child.kill(signal)
    }, 20)
    child.on('close', (code) => {
      clearInterval(timer)
      resolve({ code, out, err })
    })
  })
  const interrupted = await cutOff('SIGINT', 1)
  expect([interrupted.code, interrupted.out]).toEqual([1, ''])
  expect(interrupted.err).toMatch(/maskwright: stopped after \d of 6 images; nothing was written; the proposals are kept in .*series\.maskwright, and the same command goes on from there\n$/)
  const afterInterrupt = doneImages(project)
  expect(afterInterrupt).toBeLessThan(6)
  expect((await cutOff('SIGKILL', afterInterrupt + 1)).code).toBe(null)
  const afterKill = doneImages(project)
  expect(afterKill).toBeGreaterThan(afterInterrupt)
  // a picture that came meanwhile belongs to the rest
  await add(6)
  const { code, out, err } = await maskwright(...args)
  expect(code).toBe(0)
  expect(err).toMatch(new RegExp(`going on with the job that was begun: [${afterKill}${afterKill + 1}] of 7 images are done`))
  expect(JSON.parse(out)).toMatchObject({ images: 7, failures: 0 })
}, 120_000)

/** How many images the newest job of a project has done, as another process may read it at any time. */
function doneImages(project: string): number {
  try {
    const db = new Database(project, { readonly: true, fileMustExist: true })
    try {
      return db.prepare<[], { done: number }>('SELECT done FROM jobs ORDER BY id DESC LIMIT 1').get()?.done ?? 0
    } finally {
      db.close()
    }
  } catch {
    // not made yet
    return 0
  }
}

const disk = join(home, 'disk')
mkdirSync(disk)
const mounting = process.platform === 'linux' ? spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=640k', 'tmpfs', disk], { encoding: 'utf8' }) : null
const reason = mounting === null ? 'a tmpfs needs Linux' : mounting.error?.message ?? mounting.stderr.trim()
const mounted = mounting?.status === 0
// a run of other tests of this file alone leaves it mounted
afterAll(() => { if (mounted) spawnSync('umount', [disk]) })

test.skipIf(!mounted)(`a disk that fills while pre-labelling ends it with that reason${mounted ? '' : ` (skipped: ${reason})`}`, async () => {
  const folder = join(home, 'many')
  mkdirSync(folder)
  // so little is left that the project outgrows its disk before the job's end
  writeFileSync(join(disk, 'ballast'), Buffer.alloc(32 * 1024))
  const noise = Buffer.from(Array.from({ length: 120 * 90 * 3 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 8) & 0xff))
  for (let n = 0; n < 12; n++) await sharp(noise, { raw: { width: 120, height: 90, channels: 3 } }).png().toFile(join(folder, `${n}.png`))
  const { code, out, err } = await maskwright('prelabel', '--images', folder, '--project', join(disk, 'p.maskwright'), '--classes', 'a', '--set', 'minAreaPx2=1', '--set', 'edgeSnap=none', '--out', join(home, 'never.json'))
  // what was made until then is not thrown away with the command
  expect(readdirSync(disk)).toContain('p.maskwright')
  spawnSync('umount', [disk])
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(/^maskwright: stopped after \d+ of 12 images; nothing was written; the proposals are kept in .*p\.maskwright, and the same command goes on from there\. .*the disk is full/)
  expect(existsSync(join(home, 'never.json'))).toBe(false)
}, 60_000)
