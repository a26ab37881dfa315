import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { stateOf } from '../images/sample-pictures.ts'
import { newTestFolder, startEngine, type TestEngine } from './test-engine.ts'

const picture = (path: string, colour: string, width = 40, height = 30) => sharp({ create: { width, height, channels: 3, background: colour } }).png().toFile(path)

/** A project with a folder of two pictures, a cut-off one and one with a name full of trouble. */
async function withPhotos(own: TestEngine): Promise<{ folderId: number; photos: string }> {
  const photos = join(own.root, 'photos')
  mkdirSync(photos)
  await picture(join(photos, 'a.png'), '#ff0000')
  await picture(join(photos, 'b.png'), '#00ff00')
  await picture(join(photos, 'new\nline "quotes" 😀.png'), '#0000ff')
  writeFileSync(join(photos, 'cut.png'), readFileSync(join(photos, 'a.png')).subarray(0, 60))
  await own.client.call('project.create', { grant: (await own.grantOf('')).grant, name: 'First project' })
  const { folderId } = await own.client.call('folder.add', { grant: (await own.grantOf('photos')).grant })
  return { folderId, photos }
}

test('from nothing to pictures: browse, create a project, add a folder, page, open an image, fetch its bytes', async () => {
  const own = await startEngine()
  const { client, engine, events } = own
  expect(await client.call('app.info', {})).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as unknown, shell: 'serve', nativeDialogs: false, project: false, pipeline: { state: 'stopped' } })
  const photos = join(own.root, 'photos')
  mkdirSync(photos)
  await picture(join(photos, 'a.png'), '#ff0000', 1200, 800)
  await sharp({ create: { width: 60, height: 40, channels: 3, background: '#00ff00' } }).withMetadata({ orientation: 6 }).jpeg().toFile(join(photos, 'b.jpg'))
  writeFileSync(join(photos, 'cut.png'), readFileSync(join(photos, 'a.png')).subarray(0, 400))
  const before = stateOf(photos)

  const project = await client.call('project.create', { grant: (await own.grantOf('')).grant, name: 'Cats / dogs?' })
  expect(project).toMatchObject({ name: 'Cats / dogs?', imageCount: 0, folders: [], classes: [] })
  expect(readdirSync(own.root)).toContain('Cats - dogs-.maskwright')

  const report = await client.call('folder.add', { grant: (await own.grantOf('photos')).grant })
  expect(report).toMatchObject({ added: 3, changed: 0, missing: 0, returned: 0, problemCount: 1, problems: [{ path: 'cut.png', reason: expect.stringMatching(/cut off/) as unknown }] })
  expect(events.filter((event) => event.name === 'images.changed').length).toBeGreaterThan(0)
  expect(events.findLast((event) => event.name === 'scan.progress')?.data).toEqual({ folderId: report.folderId, found: 3, read: 3, total: 3 })

  const page = await client.call('images.page', { offset: 0, limit: 10 })
  expect(page.total).toBe(3)
  expect(page.rows.map(({ path, width, height, state }) => [path, width, height, state])).toEqual([['a.png', 1200, 800, 'new'], ['b.jpg', 40, 60, 'new'], ['cut.png', 0, 0, 'new']])
  expect(await client.call('images.place', { imageId: page.rows[1].id })).toEqual({ offset: 1 })

  const image = await client.call('image.open', { imageId: page.rows[0].id })
  expect(image).toMatchObject({ image: { path: 'a.png' }, annotations: [], undo: null, redo: null, mipLevels: 3 })
  const thumb = await engine.picture(page.rows[1].id, { kind: 'thumb' })
  expect(thumb?.contentType).toBe('image/webp')
  expect(await sharp(thumb?.bytes).metadata()).toMatchObject({ width: 40, height: 60 })
  expect(await sharp((await engine.picture(page.rows[0].id, { kind: 'mip', level: 0, tones: 'full' }))?.bytes).metadata()).toMatchObject({ width: 1200, height: 800 })
  expect(await sharp((await engine.picture(page.rows[0].id, { kind: 'mip', level: 1, tones: 'full' }))?.bytes).metadata()).toMatchObject({ width: 600, height: 400 })
  expect(await engine.picture(page.rows[0].id, { kind: 'mip', level: 3, tones: 'full' })).toBeUndefined()
  expect(await engine.picture(page.rows[2].id, { kind: 'thumb' })).toBeUndefined()
  expect(await engine.picture(99_999, { kind: 'thumb' })).toBeUndefined()
  expect(stateOf(photos)).toEqual(before)
})

test('wrong input, an unknown procedure and a record that is not there are failures as data', async () => {
  const own = await startEngine()
  await withPhotos(own)
  const call = (name: string, input: unknown) => own.engine.call(name, input, own.caller)
  expect(await call('images.page', { offset: -1, limit: 10 })).toMatchObject({ ok: false, code: 'bad-input', message: expect.stringMatching(/images\.page: offset/) as unknown })
  expect(await call('images.page', { offset: 0, limit: 10, sort: 'name' })).toMatchObject({ ok: false, code: 'bad-input', message: expect.stringMatching(/sort/) as unknown })
  expect(await call('images.page', undefined)).toMatchObject({ ok: false, code: 'bad-input' })
  expect(await call('images.drop', {})).toMatchObject({ ok: false, code: 'unknown-procedure', message: expect.stringMatching(/images\.drop/) as unknown })
  expect(await call('toString', {})).toMatchObject({ ok: false, code: 'unknown-procedure' })
  expect(await call('__proto__', {})).toMatchObject({ ok: false, code: 'unknown-procedure' })
  expect(await call('image.open', { imageId: 424_242 })).toMatchObject({ ok: false, code: 'not-found', message: expect.stringMatching(/424242/) as unknown })
  expect(await call('folder.sync', { folderId: 424_242 })).toMatchObject({ ok: false, code: 'not-found' })
})

test('without a project every call that needs one says so', async () => {
  const own = await startEngine()
  const call = (name: string, input: unknown) => own.engine.call(name, input, own.caller)
  for (const [name, input] of [['project.info', {}], ['images.page', { offset: 0, limit: 1 }], ['image.open', { imageId: 1 }], ['folder.sync', { folderId: 1 }], ['classes.list', {}], ['ids.reserve', { count: 1 }], ['prelabel.status', {}], ['export.check', {}]] as const) {
    expect([name, await call(name, input)]).toEqual([name, expect.objectContaining({ ok: false, code: 'no-project' })])
  }
  expect(await own.engine.picture(1, { kind: 'thumb' })).toBeUndefined()
  expect(await call('project.close', {})).toEqual({ ok: true, value: {} })
})

test('only what was given by a dialog or an allowed root can be used: no other grant, no path, no link that leads out', async () => {
  const folder = newTestFolder()
  const own = await startEngine({}, folder)
  mkdirSync(join(folder, 'private'))
  await picture(join(folder, 'private', 'secret.png'), '#ff0000')
  symlinkSync(join(folder, 'private'), join(own.root, 'way-out'))
  const call = (name: string, input: unknown) => own.engine.call(name, input, own.caller)
  const root = await own.grantOf('')
  for (const grant of ['made-up', join(folder, 'private'), '..', root.grant.replace(/.$/, (last) => (last === '0' ? '1' : '0'))]) {
    expect(await call('files.browse', { grant })).toMatchObject({ ok: false, code: 'not-allowed' })
    expect(await call('project.open', { grant })).toMatchObject({ ok: false, code: 'not-allowed' })
    expect(await call('project.create', { grant, name: 'x' })).toMatchObject({ ok: false, code: 'not-allowed' })
  }
  expect((await own.client.call('files.browse', { grant: root.grant })).entries.map((entry) => entry.name)).toEqual([])
  expect((await own.client.call('files.browse', { grant: root.grant })).parent).toBeNull()
  expect(await call('files.pick', { purpose: 'import' })).toMatchObject({ ok: false, code: 'unavailable' })
})

test('with native dialogs, what was picked is granted and folders are not browsed', async () => {
  const folder = newTestFolder()
  mkdirSync(join(folder, 'picked'))
  const asked: string[] = []
  const own = await startEngine({ shell: 'electron', roots: [], dialogs: { pick: async (purpose) => {
    asked.push(purpose)
    return [join(folder, 'picked')]
  } } }, folder)
  const { grants } = await own.client.call('files.pick', { purpose: 'image-folder' })
  expect(asked).toEqual(['image-folder'])
  expect(grants).toMatchObject([{ name: 'picked', type: 'folder', bytes: null }])
  await expect(own.client.call('files.browse', {})).rejects.toMatchObject({ code: 'unavailable' })
  expect((await own.client.call('project.create', { grant: grants[0].grant, name: 'p' })).display).toBe(join(folder, 'picked', 'p.maskwright'))
})

test('a sync finds added, changed, missing and returned files and keeps the images’ ids', async () => {
  const own = await startEngine()
  const { folderId, photos } = await withPhotos(own)
  const ids = async () => Object.fromEntries((await own.client.call('images.page', { offset: 0, limit: 100 })).rows.map((row) => [row.path, row.id]))
  const before = await ids()
  const revision = async (path: string) => (await own.client.call('images.page', { offset: 0, limit: 100 })).rows.find((row) => row.path === path)?.revision ?? -1
  const revisionOfA = await revision('a.png')

  await picture(join(photos, 'a.png'), '#ffff00')
  renameSync(join(photos, 'b.png'), join(own.root, 'away.png'))
  await picture(join(photos, 'c.png'), '#00ffff')
  mkdirSync(join(photos, 'sub'))
  renameSync(join(photos, 'new\nline "quotes" 😀.png'), join(photos, 'sub', 'plain.png'))
  expect(await own.client.call('folder.sync', { folderId })).toMatchObject({ added: 1, changed: 2, missing: 1, returned: 0, problemCount: 1 })
  const after = await ids()
  expect(after['a.png']).toBe(before['a.png'])
  expect(after['sub/plain.png']).toBe(before['new\nline "quotes" 😀.png'])
  expect(after['b.png']).toBe(before['b.png'])
  expect(await revision('a.png')).toBeGreaterThan(revisionOfA)
  expect((await own.client.call('image.open', { imageId: before['b.png'] })).image.missing).toBe(true)
  expect(await own.engine.picture(before['b.png'], { kind: 'thumb' })).toBeUndefined()

  renameSync(join(own.root, 'away.png'), join(photos, 'b.png'))
  expect(await own.client.call('folder.sync', { folderId })).toMatchObject({ added: 0, changed: 0, missing: 0, returned: 1 })
  expect((await own.client.call('image.open', { imageId: before['b.png'] })).image.missing).toBe(false)
})

test('a moved folder is relinked by path and content; a folder that holds none of its pictures is refused and changes nothing', async () => {
  const own = await startEngine()
  const { folderId, photos } = await withPhotos(own)
  const before = await own.client.call('images.page', { offset: 0, limit: 100 })
  renameSync(photos, join(own.root, 'moved'))
  mkdirSync(join(own.root, 'moved', 'deeper'))
  renameSync(join(own.root, 'moved', 'a.png'), join(own.root, 'moved', 'deeper', 'a.png'))
  mkdirSync(join(own.root, 'other'))
  await picture(join(own.root, 'other', 'unknown.png'), '#123456')

  expect((await own.client.call('project.info', {})).folders).toMatchObject([{ id: folderId, present: false }])
  await expect(own.client.call('folder.sync', { folderId })).rejects.toMatchObject({ code: 'not-found', message: expect.stringMatching(/relink/) as unknown })
  await expect(own.client.call('folder.relink', { folderId, grant: (await own.grantOf('other')).grant })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringMatching(/none of the 4 images/) as unknown })
  expect((await own.client.call('images.page', { offset: 0, limit: 100 })).rows).toEqual(before.rows)

  expect(await own.client.call('folder.relink', { folderId, grant: (await own.grantOf('moved')).grant })).toMatchObject({ added: 0, changed: 1, missing: 0 })
  const after = await own.client.call('images.page', { offset: 0, limit: 100 })
  const idsOf = (page: { rows: readonly { id: number }[] }) => new Set(page.rows.map((row) => row.id))
  expect(idsOf(after)).toEqual(idsOf(before))
  expect(after.rows.map((row) => row.path)).toContain('deeper/a.png')
  for (const row of after.rows.filter((one) => one.problem === null)) expect((await own.engine.picture(row.id, { kind: 'thumb' }))?.contentType).toBe('image/webp')
  expect((await own.client.call('project.info', {})).folders).toMatchObject([{ present: true, name: 'moved' }])
})

test('the same folder twice is a sync, a folder inside or around one of the project’s is refused', async () => {
  const own = await startEngine()
  const { folderId, photos } = await withPhotos(own)
  mkdirSync(join(photos, 'sub'))
  expect(await own.client.call('folder.add', { grant: (await own.grantOf('photos')).grant })).toMatchObject({ folderId, added: 0 })
  await expect(own.client.call('folder.add', { grant: (await own.grantOf('photos/sub')).grant })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringMatching(/lies inside/) as unknown })
  await expect(own.client.call('folder.add', { grant: (await own.grantOf('')).grant })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringMatching(/contains/) as unknown })
  expect((await own.client.call('project.info', {})).imageCount).toBe(4)
})

test('two engines on one project file: the second is told who has it, and gets it once the first has closed', async () => {
  const folder = newTestFolder()
  const first = await startEngine({}, folder)
  await first.client.call('project.create', { grant: (await first.grantOf('')).grant, name: 'shared' })
  const second = await startEngine({ dataFolder: join(folder, 'data2') }, folder)
  const { grant } = await second.grantOf('shared.maskwright')
  await expect(second.client.call('project.open', { grant })).rejects.toMatchObject({ code: 'in-use' })
  await first.client.call('project.close', {})
  expect((await second.client.call('project.open', { grant })).name).toBe('shared')
})

test('projects are created once, opened again, listed as recent and backed up while open', async () => {
  const own = await startEngine()
  await withPhotos(own)
  const { grant } = await own.grantOf('')
  await expect(own.client.call('project.create', { grant, name: 'First project' })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringMatching(/exists already/) as unknown })
  const backup = await own.client.call('project.backup', {})
  expect(existsSync(backup.display)).toBe(true)
  await own.client.call('project.close', {})
  expect((await own.client.call('app.info', {})).project).toBe(false)

  const { projects } = await own.client.call('project.recent', {})
  expect(projects.map((project) => project.name)).toEqual(['First project.maskwright'])
  expect(await own.client.call('project.open', { grant: projects[0].grant })).toMatchObject({ name: 'First project', imageCount: 4 })
  const name = backup.display.split('/').at(-1) ?? ''
  expect(await own.client.call('project.open', { grant: (await own.grantOf(name)).grant })).toMatchObject({ name: 'First project', imageCount: 4 })
})

test('what is no project is refused by name, and the project that was open stays open', async () => {
  const own = await startEngine()
  await withPhotos(own)
  writeFileSync(join(own.root, 'notes.maskwright'), 'this is not a database, and never was one')
  await expect(own.client.call('project.open', { grant: (await own.grantOf('notes.maskwright')).grant })).rejects.toMatchObject({ code: 'not-a-project', message: expect.stringMatching(/notes\.maskwright/) as unknown })
  await expect(own.client.call('project.open', { grant: (await own.grantOf('photos')).grant })).rejects.toMatchObject({ code: 'not-a-project' })
  const gone = await own.grantOf('notes.maskwright')
  rmSync(join(own.root, 'notes.maskwright'))
  await expect(own.client.call('project.open', { grant: gone.grant })).rejects.toMatchObject({ code: 'not-found' })
  expect((await own.client.call('project.info', {})).name).toBe('First project')
})

test('closing a project in the middle of a scan ends the scan, keeps what was read, and the engine goes on', async () => {
  const own = await startEngine()
  const photos = join(own.root, 'many')
  mkdirSync(photos)
  const bytes = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#ff0000' } }).png().toBuffer()
  for (let i = 0; i < 3000; i++) writeFileSync(join(photos, `${String(i).padStart(5, '0')}.png`), bytes)
  const project = await own.client.call('project.create', { grant: (await own.grantOf('')).grant, name: 'p' })
  const folder = (await own.grantOf('many')).grant
  const began = new Promise<void>((resolve) => own.engine.subscribe({ id: 'watcher', author: '' }, (event) => { if (event.name === 'images.changed') resolve() }))
  const adding = own.client.call('folder.add', { grant: folder })
  const ended = adding.then(() => 'finished', (error: { code?: string }) => error.code)
  await began
  await own.client.call('project.close', {})
  expect(await ended).toBe('cancelled')

  await own.engine.openProject(project.display)
  const partly = (await own.client.call('project.info', {})).imageCount
  expect(partly).toBeGreaterThan(0)
  expect(partly).toBeLessThan(3000)
  await own.client.call('folder.add', { grant: folder })
  expect((await own.client.call('project.info', {})).imageCount).toBe(3000)
})

test('events go to everyone but the one whose call caused them, and stop after unsubscribing', async () => {
  const own = await startEngine()
  const seen: string[] = []
  const stop = own.engine.subscribe({ id: 'other window', author: 'Bea' }, (event) => seen.push(event.name))
  own.engine.subscribe({ id: 'broken', author: '' }, () => { throw new Error('this window is gone') })
  await own.client.call('project.create', { grant: (await own.grantOf('')).grant, name: 'p' })
  expect(seen).toEqual(['project.changed'])
  expect(own.events.map((event) => event.name)).not.toContain('project.changed')
  stop()
  await own.client.call('project.close', {})
  expect(seen).toEqual(['project.changed'])
})

test('the log is shown and exported, one line per message even for names with a newline', async () => {
  const own = await startEngine()
  const { photos } = await withPhotos(own)
  writeFileSync(join(photos, 'bad\nname.jpg'), 'no picture')
  await own.client.call('folder.add', { grant: (await own.grantOf('photos')).grant })
  const { lines } = await own.client.call('app.log', {})
  expect(lines.some((line) => line.from === 'images' && /bad\\nname\.jpg/.test(line.message))).toBe(true)
  const folder = (await own.grantOf('')).grant
  const { display } = await own.client.call('app.exportLog', { folder, name: 'log.txt' })
  const text = readFileSync(display, 'utf8').trim().split('\n')
  expect(text.every((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z (info|warn|error) /.test(line))).toBe(true)
  expect(text.length).toBe(lines.length)
  await expect(own.client.call('app.exportLog', { folder, name: 'log.txt' })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringMatching(/exists/) as unknown })
  await expect(own.client.call('app.exportLog', { folder, name: '../log.txt' })).rejects.toMatchObject({ code: 'bad-input' })
})

test('after closing, calls say that it is closing', async () => {
  const own = await startEngine()
  await own.engine.close()
  await own.engine.close()
  expect(await own.engine.call('app.info', {}, own.caller)).toMatchObject({ ok: false, code: 'cancelled' })
})

test('a project that the shell was started with is listed as recent too', async () => {
  const own = await startEngine()
  await own.engine.openProject(join(own.root, 'started.maskwright'), { create: { name: 'Started' } })
  expect((await own.client.call('project.recent', {})).projects.map(({ name }) => name)).toEqual(['started.maskwright'])
})
