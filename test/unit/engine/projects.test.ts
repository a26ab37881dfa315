import { expect, test, vi } from 'vitest'
import { EngineError } from '../../../main/contract/errors.ts'
import type { Prelabel } from '../../../main/engine/context.ts'
import { openLog } from '../../../main/engine/log.ts'
import { createProjects } from '../../../main/engine/projects.ts'
import type { ProjectFile } from '../../../main/project/project-file.ts'
import { newTestFolder } from './test-engine.ts'

/** Projects whose file and job only write down what happens to them. */
function recorded() {
  const happened: string[] = []
  const projects = createProjects({
    log: openLog(newTestFolder()),
    openFile: (path) => {
      if (path.includes('broken')) throw new EngineError('not-a-project', `${path} is no project`)
      happened.push(`open ${path}`)
      return { path, close: () => happened.push(`close ${path}`) } as unknown as ProjectFile
    },
    startPrelabel: ({ path }) => ({ close: async () => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      happened.push(`end job of ${path}`)
    } }) as unknown as Prelabel,
  })
  return { projects, happened }
}

test('closing ends the job, then waits for scans and running calls, and only then closes the file', async () => {
  const { projects, happened } = recorded()
  const session = await projects.open('/a')
  let finish = () => undefined as void
  const call = session.during(new Promise<void>((resolve) => { finish = resolve }).then(() => { happened.push('call ends') }))
  const scan = session.inTurn(() => new Promise<void>((_resolve, reject) => {
    session.closing.addEventListener('abort', () => {
      happened.push('scan ends')
      reject(new EngineError('cancelled', 'closed'))
    })
  }))
  const later = session.inTurn(() => { throw new Error('must not start any more') })
  const failures = Promise.allSettled([scan, later])
  await Promise.resolve()
  const closing = projects.close()
  await vi.waitFor(() => expect(happened).toContain('end job of /a'))
  expect(projects.peek()).toBeUndefined()
  expect(() => projects.current()).toThrow(/no project is open/)
  expect(happened).toEqual(['open /a', 'scan ends', 'end job of /a'])
  finish()
  await Promise.all([closing, call])
  expect(happened).toEqual(['open /a', 'scan ends', 'end job of /a', 'call ends', 'close /a'])
  expect((await failures).map((one) => (one.status === 'rejected' ? (one.reason as EngineError).code : one.status))).toEqual(['cancelled', 'cancelled'])
})

test('opening another project closes the first; opening one that fails leaves the first open', async () => {
  const { projects, happened } = recorded()
  const first = await projects.open('/a')
  await expect(projects.open('/broken')).rejects.toMatchObject({ code: 'not-a-project' })
  expect(projects.current()).toBe(first)
  await projects.open('/b')
  expect(projects.current().file.path).toBe('/b')
  expect(happened).toEqual(['open /a', 'open /b', 'end job of /a', 'close /a'])
})

test('opening the open project again changes nothing', async () => {
  const { projects, happened } = recorded()
  expect(await projects.open('/a')).toBe(await projects.open('/x/../a'))
  expect(happened).toEqual(['open /a'])
})

test('openings and closings asked for at once happen one after another', async () => {
  const { projects, happened } = recorded()
  await Promise.allSettled([projects.open('/a'), projects.open('/broken'), projects.open('/b'), projects.close(), projects.open('/c')])
  expect(projects.current().file.path).toBe('/c')
  expect(happened).toEqual(['open /a', 'open /b', 'end job of /a', 'close /a', 'end job of /b', 'close /b', 'open /c'])
})

test('scans run one after another, and a failed one does not stop the next', async () => {
  const { projects, happened } = recorded()
  const session = await projects.open('/a')
  const slow = session.inTurn(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    happened.push('first')
    throw new Error('unreadable')
  })
  const next = session.inTurn(async () => happened.push('second'))
  await expect(slow).rejects.toThrow('unreadable')
  await next
  expect(happened).toEqual(['open /a', 'first', 'second'])
})
