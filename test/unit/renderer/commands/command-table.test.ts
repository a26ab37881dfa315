import { expect, test, vi } from 'vitest'
import { COMMANDS, type CommandId } from '../../../../main/contract/commands.ts'
import { createCommands } from '../../../../renderer/commands/command-table.ts'
import type { Editor } from '../../../../renderer/document/editor-state.ts'

/** A page that only notes what it was asked to do. */
function notingPage(state: Record<string, unknown>, { open = false, busy = false } = {}) {
  const calls: string[] = []
  const noting = (name: string) => (...given: unknown[]) => {
    calls.push([name, ...given.map(String)].join(' '))
    return Promise.resolve()
  }
  const editor = new Proxy({}, { get: (_, name) => (name === 'state' ? () => state : name === 'giveUp' ? () => { calls.push('giveUp'); return busy } : noting(String(name))) }) as Editor
  const page = {
    editor,
    viewControl: { state: () => ({ zoom: 1, part: null, cursor: null }), subscribe: () => () => {}, fit: noting('fit'), actualSize: noting('actualSize'), centre: noting('centre'), attach: () => () => {}, set: () => {}, prefetch: noting('prefetch') },
    goBy: noting('goBy'),
    goToUnfinished: noting('goToUnfinished'),
    finishImage: noting('finishImage'),
    acceptAllShown: noting('acceptAllShown'),
    propose: noting('propose'),
    comment: noting('comment'),
    live: { state: () => ({ open }), subscribe: () => () => {}, show: noting('live'), choose: noting('choose'), set: noting('set'), compare: noting('compare'), setSplit: noting('split'), request: () => ({ pack: 'classic', method: 'regions', settings: {} }) } as never,
    show: noting('show'),
    attempt: async <T>(work: () => Promise<T>) => work(),
    notices: { state: () => ({ notices: [] }), subscribe: () => () => {}, add: noting('notice'), dismiss: () => {} },
  }
  return { calls, commands: createCommands(page, (key) => key, vi.fn(() => true), () => 'wand') }
}

const OPEN = { project: {}, image: { id: 1 }, selectedId: 5, copied: 0, annotations: [{ id: 5 }], classes: [{ id: 7 }, { id: 8 }], tool: 'brush', brushRadiusPx: 12, saving: 'saved' }

test('without a project no command but the key sheet and the panes does anything', () => {
  const { calls, commands } = notingPage({ project: null, image: null, selectedId: null, copied: 0, annotations: [], classes: [], tool: 'select', brushRadiusPx: 12, saving: 'saved' })
  const fired = (Object.keys(COMMANDS) as CommandId[]).filter((command) => commands[command]())
  expect(fired).toEqual(['view.nextPane', 'view.previousPane', 'help.keys'])
  expect(calls).toEqual(['show keys'])
})

test('class keys take the class at their place, and a place without a class leaves the key alone', () => {
  const { calls, commands } = notingPage(OPEN)
  expect(commands['class.2']()).toBe(true)
  expect(commands['class.3']()).toBe(false)
  expect(calls).toEqual(['chooseClass 8'])
})

test('Esc closes the settings that are tried, after the tool has had it; else it is the tool’s', () => {
  const [none, half, closed] = [notingPage(OPEN, { open: true }), notingPage(OPEN, { open: true, busy: true }), notingPage(OPEN)]
  for (const { commands } of [none, half, closed]) expect(commands['tool.cancel']()).toBe(true)
  expect([none.calls, half.calls, closed.calls]).toEqual([['giveUp', 'live false'], ['giveUp'], ['cancelTool']])
})

test('X swaps brush and eraser', () => {
  const { calls, commands } = notingPage(OPEN)
  commands['tool.swap']()
  expect(calls).toEqual(['setTool eraser'])
  const other = notingPage({ ...OPEN, tool: 'eraser' })
  other.commands['tool.swap']()
  expect(other.calls).toEqual(['setTool brush'])
})

test('the last-tool command takes the drawing tool used last, and from a drawing tool goes back to select', () => {
  const { calls, commands } = notingPage({ ...OPEN, tool: 'select' })
  commands['tool.last']()
  expect(calls).toEqual(['setTool wand'])
  const drawing = notingPage(OPEN)
  drawing.commands['tool.last']()
  expect(drawing.calls).toEqual(['setTool select'])
})

test('the size keys go one step, with Shift ten', () => {
  const { calls, commands } = notingPage(OPEN)
  commands['tool.smaller']()
  commands['tool.muchLarger']()
  expect(calls).toEqual(['resize -1', 'resize 10'])
})

test('Tab with no annotation to go to stays the browser’s', () => {
  expect(notingPage({ ...OPEN, annotations: [] }).commands['annotation.next']()).toBe(false)
  expect(notingPage(OPEN).commands['annotation.next']()).toBe(true)
})
