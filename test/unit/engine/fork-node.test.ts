import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forkNode } from '../../../main/engine/fork-node.ts'
import { newTestFolder } from './test-engine.ts'

function entry(code: string): string {
  const path = join(newTestFolder(), 'entry.mjs')
  writeFileSync(path, code)
  return path
}

test('typed arrays cross both ways as typed arrays, arguments arrive', async () => {
  const child = forkNode(entry("process.on('message', (message) => process.send({ got: message.values.map((value) => value * 2), kind: message.values.constructor.name, args: process.argv.slice(2) }))"), ['a', 'b c'])
  const answer = new Promise((resolve) => child.onMessage(resolve))
  child.send({ values: new Float32Array([0.5, 2]) })
  expect(await answer).toEqual({ got: new Float32Array([1, 4]), kind: 'Float32Array', args: ['a', 'b c'] })
  const ended = new Promise<string>((resolve) => child.onExit(resolve))
  child.kill()
  expect(await ended).toBe('SIGKILL')
  // sending to a process that has ended is no error, and who asks late is told too
  child.send({ values: new Float32Array(1) })
  expect(await new Promise<string>((resolve) => child.onExit(resolve))).toBe('SIGKILL')
})

test('a process that ends by itself says its exit code', async () => {
  const child = forkNode(entry('process.exit(3)'), [])
  expect(await new Promise<string>((resolve) => child.onExit(resolve))).toBe('exit code 3')
})
