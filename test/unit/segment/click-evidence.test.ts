import { expect, test } from 'vitest'
import { clickEvidence, clicksAgain, depthOf } from '../../../main/segment/click-evidence.ts'
import { noClicks } from '../../../main/segment/click-state.ts'
import { prepareClickWindow } from '../../../main/segment/click-window.ts'
import { EVIDENCE_COUNT } from '../../../main/segment/px-evidence.ts'

const WIDTH = 12, HEIGHT = 10, N = WIDTH * HEIGHT
const isBlock = (i: number): boolean => i % WIDTH >= 3 && i % WIDTH < 8 && i >= 3 * WIDTH && i < 8 * WIDTH
const lab = [Float32Array.from({ length: N }, (_, i) => (isBlock(i) ? 0.2 : 0.8)), new Float32Array(N), new Float32Array(N)]
const walk = new Float32Array(N).fill(1)

/** The naive version: straight to every px of the other side. */
const farFrom = (mask: Uint8Array, at: number): number => Math.min(...[...mask].flatMap((value, to) => (value === mask[at] ? [] : [Math.hypot((to % WIDTH) - (at % WIDTH), Math.floor(to / WIDTH) - Math.floor(at / WIDTH))])))

test('the depth of a mask is how far the other side is, about a tenth more at most, and negative outside', () => {
  const mask = Uint8Array.from({ length: N }, (_, i) => (isBlock(i) ? 1 : 0))
  depthOf(mask, WIDTH, HEIGHT).forEach((depth, at) => {
    expect(Math.sign(depth)).toBe(mask[at] === 1 ? 1 : -1)
    expect(Math.abs(depth)).toBeGreaterThan(farFrom(mask, at) - 1e-5)
    expect(Math.abs(depth)).toBeLessThan(1.1 * farFrom(mask, at))
  })
  expect(depthOf(new Uint8Array(4), 2, 2)[0]).toBe(-1e6)
})

test('a click reaches as far as the mask’s border, the box and the clicks of the other sort let it', () => {
  const window = prepareClickWindow(lab, WIDTH, HEIGHT, [1, 1, 11, 9])
  const reaches = (state: ReturnType<typeof noClicks>): number[] => state.clicks.map(({ reach }) => reach)
  const { state: one } = clickEvidence(window, noClicks(window), { x: 5.5, y: 5.5, include: true, walk })
  // 3.5 px to the lower side of the box
  expect(reaches(one)).toEqual([3.5])
  const shown = { ...one, mask: Uint8Array.from({ length: N }, (_, i) => (isBlock(i) ? 1 : 0)), odds: new Float32Array(N) }
  // in the block: its border is 2 px away; outside it: the side of the box is 1.5 px away
  expect(reaches(clickEvidence(window, shown, { x: 6.5, y: 5.5, include: false, walk }).state).at(-1)).toBe(1)
  expect(reaches(clickEvidence(window, { ...shown, clicks: [] , said: shown.said }, { x: 5.5, y: 5.5, include: false, walk }).state).at(-1)).toBe(3.5)
  expect(reaches(clickEvidence(window, shown, { x: 9.5, y: 5.5, include: false, walk }).state).at(-1)).toBe(1.5)
})

test('each px has its evidence, and nothing of it is out of bounds', () => {
  for (const box of [null, [1, 1, 11, 9]] as const) {
    const window = prepareClickWindow(lab, WIDTH, HEIGHT, box)
    let state = noClicks(window)
    for (const [x, y, include] of [[5.5, 5.5, true], [9.5, 2.5, false], [4.5, 7.5, true]] as const) {
      const found = clickEvidence(window, state, { x, y, include, walk })
      expect(found.evidence).toHaveLength(EVIDENCE_COUNT * N)
      found.evidence.forEach((value, at) => { expect(Math.abs(value)).toBeLessThanOrEqual(window.allowed[at % N] === 0 ? 0 : 5) })
      state = { ...found.state, mask: Uint8Array.from({ length: N }, (_, i) => (isBlock(i) ? 1 : 0)), odds: new Float32Array(N).fill(1) }
    }
    expect(state.clicks.map(({ include }) => include)).toEqual([true, false, true])
  }
})

test('a new click leaves the state before as it was', () => {
  const window = prepareClickWindow(lab, WIDTH, HEIGHT, null), before = noClicks(window)
  const { state } = clickEvidence(window, before, { x: 5.5, y: 5.5, include: true, walk })
  expect([before.clicks.length, before.inside.way[0], before.said[0]]).toEqual([0, 1e9, 0])
  // an excluding click later says nothing of what is inside
  expect(clickEvidence(window, state, { x: 9.5, y: 2.5, include: false, walk }).state.inside).toBe(state.inside)
})

test('all clicks told again say what they said one by one', () => {
  const window = prepareClickWindow(lab, WIDTH, HEIGHT, null)
  const clicks = ([[5.5, 5.5, true], [9.5, 2.5, false], [4.5, 7.5, true], [1.5, 1.5, false]] as const).map(([x, y, include], k) => ({ x, y, include, walk: new Float32Array(N).fill(k + 1) }))
  const byOne = clicks.reduce((state, click) => clickEvidence(window, state, click).state, noClicks(window))
  const again = clicksAgain(window, clicks.map((click, k) => ({ ...click, reach: byOne.clicks[k].reach })))
  expect(again.clicks).toEqual(byOne.clicks)
  expect(again.said).toEqual(byOne.said)
  for (const sort of ['inside', 'outside'] as const) {
    for (const what of ['far', 'unlike', 'walk', 'way'] as const) again[sort][what].forEach((value, i) => { expect(value).toBeCloseTo(byOne[sort][what][i], 5) })
  }
  // without an excluding click nothing is near one
  expect(clicksAgain(window, [{ ...clicks[0], reach: 2 }]).outside.far[0]).toBe(1e9)
})
