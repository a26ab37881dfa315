import { expect, test } from 'vitest'
import { createNoticeList } from '../../../../renderer/views/state/notice-list.ts'
import { durationParts } from '../../../../renderer/views/workspace/duration.ts'

function listWithTimers() {
  const timers: (() => void)[] = []
  return { list: createNoticeList((run) => timers.push(run)), pass: () => { for (const run of timers.splice(0)) run() } }
}

test('information goes by itself, an error stays until it is dismissed', () => {
  const { list, pass } = listWithTimers()
  list.add('info', 'saved')
  list.add('error', 'the disk is full')
  pass()
  expect(list.state().notices.map((notice) => notice.message)).toEqual(['the disk is full'])
  list.dismiss(list.state().notices[0].id)
  expect(list.state().notices).toEqual([])
})

test('the same words twice are one notice', () => {
  const { list } = listWithTimers()
  list.add('error', 'lost')
  list.add('error', 'lost')
  expect(list.state().notices).toHaveLength(1)
})

test('of two about one topic the later is shown', () => {
  const { list } = listWithTimers()
  list.add('info', 'saved')
  list.add('info', 'paint covers everything', 'neighbours')
  list.add('info', 'borders are shared', 'neighbours')
  expect(list.state().notices.map(({ message }) => message)).toEqual(['saved', 'borders are shared'])
})

test('a flood of information never hides an error', () => {
  const { list } = listWithTimers()
  list.add('error', 'the disk is full')
  for (let k = 0; k < 30; k++) list.add('info', `note ${k}`)
  const shown = list.state().notices.map((notice) => notice.message)
  expect(shown).toHaveLength(5)
  expect(shown).toContain('the disk is full')
})

test('time left is one number, rounded up', () => {
  expect(durationParts(0)).toEqual({ unit: 'seconds', value: 1 })
  expect(durationParts(61.2)).toEqual({ unit: 'seconds', value: 62 })
  expect(durationParts(121)).toEqual({ unit: 'minutes', value: 3 })
  expect(durationParts(5401)).toEqual({ unit: 'hours', value: 2 })
})
