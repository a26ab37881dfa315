import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openUsers } from '../../../main/host/users.ts'
import { testFolder } from '../project/sample-project.ts'

const folder = testFolder()

test('a user’s token is given once and kept as its hash only, in a file that others can’t read', () => {
  const path = join(folder, 'new', 'users.json')
  const users = openUsers(path)
  const token = users.add('Ada', 'owner')
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(users.who(token)).toMatchObject({ name: 'Ada', role: 'owner' })
  expect(users.who(`${token}x`)).toBeUndefined()
  expect(users.who('')).toBeUndefined()
  expect(readFileSync(path, 'utf8')).not.toContain(token)
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(JSON.stringify(users.list())).not.toMatch(/[0-9a-f]{64}/)
})

test('a name is one person’s; who is removed is nobody', () => {
  const users = openUsers(join(folder, 'users.json'))
  const token = users.add('Ada', 'annotator')
  expect(() => users.add('Ada', 'owner')).toThrow('there is a user "Ada" already')
  users.add('Ben', 'reviewer')
  users.remove('Ada')
  expect(users.list().map(({ name }) => name)).toEqual(['Ben'])
  expect(() => users.remove('Ada')).toThrow('there is no user "Ada"')
  users.list()
  expect(users.who(token)).toBeUndefined()
})

test('a server that runs hears of a change within a second', async () => {
  const path = join(folder, 'shared.json')
  const running = openUsers(path)
  const token = openUsers(path).add('Ada', 'annotator')
  await vi.waitFor(() => expect(running.who(token)).toMatchObject({ name: 'Ada' }), { timeout: 10_000 })
  openUsers(path).remove('Ada')
  await vi.waitFor(() => expect(running.who(token)).toBeUndefined(), { timeout: 10_000 })
})

test('a file that is none of ours is said', () => {
  const path = join(folder, 'broken.json')
  writeFileSync(path, '{"users": 3}')
  utimesSync(path, 1, 1)
  expect(() => openUsers(path)).toThrow(/broken\.json: the list of users can’t be read; remove it/)
})

test('a file that breaks under a running server lets nobody in until it is mended', async () => {
  const path = join(folder, 'breaks.json')
  const running = openUsers(path)
  const token = openUsers(path).add('Ada', 'annotator')
  await vi.waitFor(() => expect(running.who(token)).toMatchObject({ name: 'Ada' }), { timeout: 10_000 })
  const whole = readFileSync(path)
  writeFileSync(path, '{"users": [')
  await vi.waitFor(() => expect(running.who(token)).toBeUndefined(), { timeout: 10_000 })
  expect(running.who(token)).toBeUndefined()
  expect(() => running.list()).toThrow('the list of users can’t be read')
  writeFileSync(path, whole)
  await vi.waitFor(() => expect(running.who(token)).toMatchObject({ name: 'Ada' }), { timeout: 10_000 })
})

test('two processes do not change the list at once; one that died in the middle is no hindrance', () => {
  const path = join(folder, 'two.json')
  const users = openUsers(path)
  users.add('Ada', 'owner')
  writeFileSync(`${path}.part`, '')
  expect(() => users.add('Ben', 'annotator')).toThrow('is being changed by another process; try again')
  expect(users.list().map(({ name }) => name)).toEqual(['Ada'])
  utimesSync(`${path}.part`, 1, 1)
  users.add('Ben', 'annotator')
  expect(users.list().map(({ name }) => name)).toEqual(['Ada', 'Ben'])
  expect(() => users.add('Ben', 'annotator')).toThrow('already')
  users.remove('Ben')
  expect(statSync(`${path}.part`, { throwIfNoEntry: false })).toBeUndefined()
})
