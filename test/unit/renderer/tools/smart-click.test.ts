import { expect, test } from 'vitest'
import { EngineError } from '../../../../main/contract/errors.ts'
import type { ClickQuestion } from '../../../../main/contract/smart-click.ts'
import { boxMask } from '../../../../main/masks/place.ts'
import { createToolQuestions } from '../../../../renderer/document/tool-questions.ts'
import { smartClickIdle } from '../../../../renderer/tools/smart-click/idle.ts'
import { NO_PREVIEW } from '../../../../renderer/tools/tool-preview.ts'
import type { ToolPointer } from '../../../../renderer/tools/tool-pointer.ts'
import { createToolRunner } from '../../../../renderer/tools/tool-runner.ts'
import type { ClickAnswer, ToolHost } from '../../../../renderer/tools/tool-state.ts'

/** A runner with the smart click in hand, what it asked, and what it drew. */
function inHand() {
  const asked: ClickQuestion[] = []
  const drawn: Parameters<ToolHost['drawMask']>[] = []
  const host = {
    imageSize: () => ({ width: 100, height: 80 }),
    ask: (question: ClickQuestion) => asked.push(question),
    activeClassId: () => 7,
    drawMask: (...mask: Parameters<ToolHost['drawMask']>) => { drawn.push(mask) },
  } as unknown as ToolHost
  const tools = createToolRunner(host, 'smartClick', () => undefined)
  const at = (x: number, y: number, alt = false): ToolPointer => ({ x, y, pxPerScreenPx: 1, shift: false, alt })
  return {
    tools, asked, drawn,
    click: (x: number, y: number, alt = false) => {
      tools.down(at(x, y, alt))
      tools.up(at(x, y))
    },
    drag: (x0: number, y0: number, x1: number, y1: number) => {
      tools.down(at(x0, y0))
      tools.move(at(x1, y1))
      tools.up(at(x1, y1))
    },
  }
}
const answer = (size: number, part: number | null = null): ClickAnswer => ({ mask: boxMask(0, 0, size, size), part })

test('clicks are asked together, only the answer to the last question is shown, and Enter keeps it as a new mask', () => {
  const { tools, asked, drawn, click } = inHand()
  click(10, 20)
  expect([tools.path(), tools.preview().marks]).toEqual(['smartClick.preparing', [{ x: 10, y: 20, include: true }]])
  click(50, 60, true)
  expect(asked[1]).toEqual({ clicks: [{ x: 10, y: 20, include: true }, { x: 50, y: 60, include: false }], box: null, threshold: 1, part: null })
  tools.answered(1, answer(3))
  expect(tools.preview().shape).toBeNull()
  tools.answered(2, answer(5))
  expect([tools.path(), tools.preview().shape?.rings.length]).toEqual(['smartClick.previewing', 1])
  expect(tools.commit()).toBe(true)
  expect(drawn).toEqual([['smartClick', boxMask(0, 0, 5, 5), false]])
  expect([tools.path(), tools.preview()]).toEqual(['smartClick.idle', NO_PREVIEW])
})

test('the size keys take more or less, large steps go from part to whole, and go on from the step that was taken', () => {
  const { tools, asked, click } = inHand()
  click(10, 20)
  tools.answered(1, answer(3))
  tools.resize(1)
  expect(asked[1].threshold).toBeGreaterThan(1)
  expect(tools.preview().shape).not.toBeNull()
  tools.resize(10)
  tools.answered(3, answer(9, 1))
  tools.resize(10)
  expect([asked[2].part, asked[3].part]).toEqual([1, 2])
  tools.answered(4, answer(9, 1))
  tools.resize(-10)
  expect(asked[4].part).toBe(0)
  for (let i = 0; i < 60; i++) tools.resize(-1)
  expect(asked.at(-1)).toMatchObject({ threshold: 0.1, part: null })
})

test('a drag is a box to begin with, Backspace takes the last click back, Esc everything', () => {
  const { tools, asked, click, drag } = inHand()
  drag(40, 50, 10, 20)
  expect(asked).toEqual([{ clicks: [], box: [10, 20, 40, 50], threshold: 1, part: null }])
  click(12, 22, true)
  expect(asked[1].clicks).toHaveLength(1)
  tools.dropLast()
  expect(asked[2]).toEqual(asked[0])
  expect([tools.cancel(), tools.path()]).toEqual([true, 'smartClick.idle'])
  tools.answered(3, answer(3))
  expect(tools.path()).toBe('smartClick.idle')
})

test('what is pressed before the first answer is obeyed when it comes: the size, Enter, and what is done after Enter', () => {
  const { tools, asked, drawn, click } = inHand()
  click(10, 20)
  tools.resize(-1)
  expect(asked[1].threshold).toBeLessThan(1)
  tools.commit()
  expect([tools.path(), drawn]).toEqual(['smartClick.keeping', []])
  // of the next object
  click(60, 70)
  tools.commit()
  expect(asked).toHaveLength(2)
  tools.answered(1, answer(9))
  expect(drawn).toEqual([])
  tools.answered(2, answer(4))
  expect(drawn).toEqual([['smartClick', boxMask(0, 0, 4, 4), false, 7]])
  expect([tools.path(), asked[2]]).toEqual(['smartClick.keeping', { clicks: [{ x: 60, y: 70, include: true }], box: null, threshold: 1, part: null }])
  tools.answered(3, answer(6))
  expect([tools.path(), drawn.length]).toEqual(['smartClick.idle', 2])
})

test('Backspace takes an Enter back that waits, Esc gives all of it up, and without an answer nothing is kept', () => {
  const { tools, asked, drawn, click } = inHand()
  click(10, 20)
  tools.commit()
  tools.dropLast()
  expect(tools.path()).toBe('smartClick.preparing')
  tools.commit()
  tools.cancel()
  tools.answered(1, answer(3))
  click(11, 20)
  tools.commit()
  tools.answered(2, null)
  expect([tools.path(), drawn, asked.length]).toEqual(['smartClick.idle', [], 2])
  click(12, 20)
  tools.answered(3, answer(4))
  click(14, 20)
  tools.commit()
  tools.answered(4, null)
  expect([tools.path(), drawn]).toEqual(['smartClick.previewing', []])
})

test('a first click outside the picture, or one that only excludes, asks nothing', () => {
  const { tools, asked, click } = inHand()
  click(-5, 10)
  click(10, 10, true)
  expect([asked, tools.path()]).toEqual([[], 'smartClick.idle'])
})

test('what cannot be answered leaves what was shown before, and ends the tool when there was nothing', () => {
  const { tools, drawn, click } = inHand()
  click(10, 10)
  tools.answered(1, null)
  tools.commit()
  expect([tools.path(), drawn]).toEqual(['smartClick.idle', []])
  click(12, 12)
  tools.answered(2, answer(4))
  click(14, 14)
  tools.answered(3, null)
  tools.commit()
  expect(drawn).toHaveLength(1)
  expect(smartClickIdle().busy).toBe(false)
})

test('one question travels at a time, of those that wait only the newest, and only the newest one’s failure is told', async () => {
  const sent: number[] = []
  const answered: (readonly [number, boolean])[] = []
  const failed: unknown[] = []
  let settle: { resolve: (answer: unknown) => void; reject: (error: unknown) => void }[] = []
  const client = { call: (_name: string, { imageId }: { imageId: number }) => {
    sent.push(imageId)
    return new Promise((resolve, reject) => { settle.push({ resolve, reject }) })
  } } as never
  const questions = createToolQuestions(client, (ticket, result) => answered.push([ticket, result !== null]), (_what, error) => failed.push(error))
  const question: ClickQuestion = { clicks: [{ x: 1, y: 1, include: true }], box: null, threshold: 1, part: null }
  expect([1, 2, 3].map((imageId) => questions.click(imageId, question))).toEqual([1, 2, 3])
  settle[0].reject(new EngineError('not-found', 'gone'))
  await expect.poll(() => sent).toEqual([1, 3])
  settle[1].reject(new EngineError('not-found', 'gone too'))
  await expect.poll(() => answered).toEqual([[1, false], [3, false]])
  expect(failed).toHaveLength(1)
  settle = []
  expect(questions.click(4, question)).toBe(4)
  await expect.poll(() => sent).toEqual([1, 3, 4])
  settle[0].resolve(answer(2))
  await expect.poll(() => answered.at(-1)).toEqual([4, true])
})
