import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { ScannedPicture } from '../../../main/contract/images.ts'
import { scanFolder, type FolderChanges, type KnownPicture, type ScanSummary } from '../../../main/images/scan-folder.ts'
import { newFolder, noise, stateOf, twoHalves } from './sample-pictures.ts'

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

async function scan(folder: string, known: readonly KnownPicture[] = []): Promise<FolderChanges & { summary: ScanSummary }> {
  const all = { added: [] as ScannedPicture[], changed: [] as { id: number; image: ScannedPicture }[], missing: [] as number[], returned: [] as number[] }
  const summary = await scanFolder(folder, known, { onChanges: (changes) => {
    all.added.push(...changes.added)
    all.changed.push(...changes.changed)
    all.missing.push(...changes.missing)
    all.returned.push(...changes.returned)
  } })
  return { ...all, summary }
}
const asKnown = (images: readonly ScannedPicture[]): KnownPicture[] => images.map((image, i) => ({ ...image, id: i + 1, missing: false }))
const picture = (path: string, colour: string) => sharp({ create: { width: 12, height: 8, channels: 3, background: colour } }).png().toFile(path)

test('finds pictures in folders below, in name order, with upright sizes; leaves hidden files and everything else alone', async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'sub', 'deeper'), { recursive: true })
  mkdirSync(join(folder, '.hidden'))
  await picture(join(folder, 'b.PNG'), '#ff0000')
  await picture(join(folder, '.c.png'), '#ff0000')
  await picture(join(folder, '.hidden', 'd.png'), '#ff0000')
  await picture(join(folder, 'sub', 'deeper', 'e.png'), '#ff0000')
  await sharp(await twoHalves(40, 20, '#ff0000', '#0000ff').jpeg().toBuffer()).withMetadata({ orientation: 8 }).jpeg().toFile(join(folder, 'a.jpg'))
  writeFileSync(join(folder, 'labels.json'), '{}')
  const before = stateOf(folder)
  const { added, summary } = await scan(folder)
  expect(added.map(({ path, width, height, problem }) => [path, width, height, problem])).toEqual([['a.jpg', 20, 40, null], ['b.PNG', 12, 8, null], ['sub/deeper/e.png', 12, 8, null]])
  expect(summary).toMatchObject({ added: 3, changed: 0, missing: 0, returned: 0, problemCount: 0 })
  expect(stateOf(folder)).toEqual(before)
})

test('each bad file has its reason, each odd one its remark, and the rest goes on; no file is written to', async () => {
  const folder = newFolder()
  const write = (name: string, bytes: Uint8Array | string) => writeFileSync(join(folder, name), bytes)
  const cut = (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * 0.6))
  const frame = (colour: string) => sharp({ create: { width: 8, height: 6, channels: 3, background: colour } }).png().toBuffer()
  const frames = [await frame('#ff0000'), await frame('#0000ff'), await frame('#00ff00')]
  write('cut.jpg', cut(await noise(300, 200).jpeg().toBuffer()))
  write('cut.png', cut(await noise(300, 200).png().toBuffer()))
  write('cut.webp', cut(await noise(300, 200).webp().toBuffer()))
  write('cut.gif', cut(await noise(300, 200).gif().toBuffer()))
  write('cut.avif', cut(await noise(300, 200).avif({ effort: 0 }).toBuffer()))
  write('cut.tif', cut(await noise(300, 200).tiff().toBuffer()))
  write('empty.jpg', '')
  write('text.jpg', 'I am not a picture')
  write('drawing.png', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
  write('old.bmp', Buffer.concat([Buffer.from('BM'), Buffer.alloc(90)]))
  write('moving.gif', await sharp(frames, { join: { animated: true } }).gif({ delay: [90, 90, 90] }).toBuffer())
  write('ink.jpg', await noise(20, 20).toColourspace('cmyk').jpeg().toBuffer())
  write('deep.png', await noise(20, 20).toColourspace('rgb16').png().toBuffer())
  write('padded.jpg', Buffer.concat([await noise(20, 20).jpeg().toBuffer(), Buffer.from('a film behind the picture')]))
  write('new\nline "quotes" 😀.png', frames[0])
  const before = stateOf(folder)
  const { added, summary } = await scan(folder)
  const found = new Map(added.map((image) => [image.path, image]))
  for (const name of ['cut.jpg', 'cut.png', 'cut.webp', 'cut.gif', 'cut.avif', 'cut.tif']) expect([name, found.get(name)?.problem]).toEqual([name, expect.stringMatching(/cut off/)])
  expect(found.get('empty.jpg')?.problem).toMatch(/empty \(0 bytes\)/)
  expect(found.get('text.jpg')?.problem).toMatch(/not a picture/)
  expect(found.get('drawing.png')?.problem).toMatch(/not a picture/)
  expect(found.get('old.bmp')?.problem).toMatch(/BMP.*convert it to PNG/)
  expect(found.get('moving.gif')).toMatchObject({ problem: null, width: 8, height: 6, remark: expect.stringMatching(/animated, 3 frames: the first/) as unknown })
  expect(found.get('ink.jpg')).toMatchObject({ problem: null, remark: expect.stringMatching(/CMYK/) as unknown })
  expect(found.get('deep.png')).toMatchObject({ problem: null, remark: expect.stringMatching(/8 bits/) as unknown })
  expect(found.get('padded.jpg')).toMatchObject({ problem: null, width: 20 })
  expect(found.get('new\nline "quotes" 😀.png')).toMatchObject({ problem: null, width: 8 })
  expect(summary).toMatchObject({ added: 15, problemCount: 10, remarkCount: 3 })
  expect(summary.remarks.map(({ path }) => path).sort()).toEqual(['deep.png', 'ink.jpg', 'moving.gif'])
  expect(stateOf(folder)).toEqual(before)
})

test('a picture above the pixel limit is refused with its size, one of 200 megapixels is not', async () => {
  const folder = newFolder()
  // a PNG's header is enough to say how large it is
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(data.length, 0)
    ends.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
  }
  const png = (width: number, height: number) => {
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
    header.writeUInt32BE(width, 0)
    header.writeUInt32BE(height, 4)
    return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(16))), chunk('IEND', Buffer.alloc(0))])
  }
  writeFileSync(join(folder, 'huge.png'), png(30_000, 20_000))
  writeFileSync(join(folder, 'large.png'), png(16_384, 12_200))
  const { added } = await scan(folder)
  expect(added.map(({ path, width, problem }) => [path, width, problem])).toEqual([
    ['huge.png', 0, expect.stringMatching(/30000 × 20000 px, 600 megapixels/)],
    ['large.png', 16_384, null],
  ])
})

test('links are named and not followed, so that nothing outside the folder is read and no loop entered', async () => {
  const outside = newFolder()
  const folder = newFolder()
  await picture(join(outside, 'secret.png'), '#ff0000')
  await picture(join(folder, 'own.png'), '#00ff00')
  symlinkSync(join(outside, 'secret.png'), join(folder, 'linked.png'))
  symlinkSync(outside, join(folder, 'linked-folder'))
  symlinkSync(folder, join(folder, 'loop'))
  const { added, summary } = await scan(folder)
  expect(added.map((image) => image.path)).toEqual(['own.png'])
  expect(summary.problems).toEqual([{ path: 'linked.png', reason: expect.stringMatching(/link/) as unknown }])
})

test('a second scan reads nothing that is unchanged, and finds added, changed, missing and returned files', async () => {
  const folder = newFolder()
  for (const name of ['a', 'b', 'c']) await picture(join(folder, `${name}.png`), '#ff0000')
  const known = asKnown((await scan(folder)).added)
  expect(await scan(folder, known)).toMatchObject({ added: [], changed: [], missing: [], returned: [], summary: { recognised: 3 } })

  await picture(join(folder, 'a.png'), '#0000ff')
  rmSync(join(folder, 'b.png'))
  await picture(join(folder, 'd.png'), '#00ff00')
  const second = await scan(folder, known)
  expect(second.added.map((image) => image.path)).toEqual(['d.png'])
  expect(second.changed.map(({ id, image }) => [id, image.path])).toEqual([[1, 'a.png']])
  expect(second.missing).toEqual([2])

  await picture(join(folder, 'b.png'), '#ff0000')
  const third = await scan(folder, known.map((image) => ({ ...image, missing: image.id === 2 })))
  expect(third.returned).toEqual([2])
  expect(third.missing).toEqual([])
})

test('a file that only got a new time is stored and not counted as changed', async () => {
  const folder = newFolder()
  await picture(join(folder, 'a.png'), '#ff0000')
  const known = asKnown((await scan(folder)).added)
  utimesSync(join(folder, 'a.png'), new Date(1e12), new Date(1e12))
  const again = await scan(folder, known)
  expect(again.changed.map(({ image }) => image.modified)).toEqual([1e12])
  expect(again.summary).toMatchObject({ added: 0, changed: 0, recognised: 1 })
})

test('a file that moved within the folder keeps its id, of two with the same content the one with its name', async () => {
  const folder = newFolder()
  await picture(join(folder, 'a.png'), '#ff0000')
  await picture(join(folder, 'b.png'), '#ff0000')
  await picture(join(folder, 'c.png'), '#00ff00')
  const known = asKnown((await scan(folder)).added)
  mkdirSync(join(folder, 'day one'))
  for (const name of ['a', 'b', 'c']) renameSync(join(folder, `${name}.png`), join(folder, 'day one', `${name}.png`))
  const { added, changed, missing, summary } = await scan(folder, known)
  expect(added).toEqual([])
  expect(missing).toEqual([])
  expect(changed.map(({ id, image }) => [id, image.path])).toEqual([[1, 'day one/a.png'], [2, 'day one/b.png'], [3, 'day one/c.png']])
  expect(summary).toMatchObject({ added: 0, changed: 3, recognised: 3 })
})

test('an aborted scan stops with the reason it was given', async () => {
  const folder = newFolder()
  await picture(join(folder, 'a.png'), '#ff0000')
  await expect(scanFolder(folder, [], { signal: AbortSignal.abort(new Error('closed')), onChanges: () => undefined })).rejects.toThrow('closed')
})

const isRoot = process.getuid?.() === 0
const cannotDrop = process.platform === 'win32' ? 'Windows has no permission bits to take away' : null
test.skipIf(cannotDrop !== null)(`files and folders without permission are named, and what is in them is not called missing${cannotDrop === null ? '' : ` (skipped: ${cannotDrop})`}`, async () => {
  const folder = newFolder()
  mkdirSync(join(folder, 'closed'))
  await picture(join(folder, 'open.png'), '#ff0000')
  await picture(join(folder, 'shut.png'), '#ff0000')
  await picture(join(folder, 'closed', 'inside.png'), '#ff0000')
  const known = asKnown((await scan(folder)).added)
  chmodSync(folder, 0o755)
  chmodSync(join(folder, 'shut.png'), 0)
  chmodSync(join(folder, 'closed'), 0)
  // root may read everything, so the scan runs as nobody in a child
  const script = `
    const { scanFolder } = await import(${JSON.stringify(join(ROOT, 'main/images/scan-folder.ts'))})
    if (${isRoot}) { process.setgroups([]); process.setgid(65534); process.setuid(65534) }
    const changes = []
    const summary = await scanFolder(${JSON.stringify(folder)}, ${JSON.stringify(known.map((image) => (image.path === 'shut.png' ? { ...image, modified: 0 } : image)))}, { onChanges: (some) => { changes.push(some) } })
    console.log(JSON.stringify({ summary, missing: changes.flatMap((some) => some.missing), changed: changes.flatMap((some) => some.changed) }))`
  const child = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script], { encoding: 'utf8' })
  chmodSync(join(folder, 'closed'), 0o755)
  expect(child.stderr).toBe('')
  const { summary, missing, changed } = JSON.parse(child.stdout) as { summary: ScanSummary; missing: number[]; changed: { id: number; image: ScannedPicture }[] }
  expect(missing).toEqual([])
  expect(summary.problems).toEqual([
    { path: 'closed', reason: expect.stringMatching(/no permission/) as unknown },
    { path: 'shut.png', reason: expect.stringMatching(/no permission/) as unknown },
  ])
  expect(changed.map(({ image }) => [image.path, image.problem])).toEqual([['shut.png', expect.stringMatching(/no permission/)]])
})
