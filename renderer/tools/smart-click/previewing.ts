import type { ClickQuestion } from '../../../main/contract/smart-click.ts'
import type { Mask } from '../../../main/masks/mask.ts'
import { ringsOf } from '../mask-rings.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import type { ToolHost, ToolState } from '../tool-state.ts'
import { smartClickIdle } from './idle.ts'
import { keeping } from './keeping.ts'
import { pressing } from './pressing.ts'

/** What was asked, what is shown meanwhile, and the state that shows it. */
export interface Asked {
  readonly question: ClickQuestion
  /** the last answer; null until the first */
  readonly mask: Mask | null
  readonly state: ToolState
}

/** One step of the size keys makes this much more or less. */
const STEP = 1.12
const THRESHOLD = { min: 0.1, max: 10 } as const
/** From this size on a step is one in the hierarchy from part to whole. */
const PART_STEP = 10

/** Asks what clicks mean. Until the answer is there, what was answered before stays in sight. */
export function asking(host: ToolHost, question: ClickQuestion, before: Pick<Asked, 'mask'> | null): ToolState {
  const ticket = host.ask(question)
  return previewing(question, before?.mask ?? null, ticket, false)
}

/**
 * What the clicks mean is shown: further clicks include, with Alt or the right button they exclude; the size keys and
 * Alt+wheel take more or less, with Shift a larger or smaller part; Enter keeps it, when it is there; Esc does not.
 */
function previewing(question: ClickQuestion, mask: Mask | null, ticket: number, answered: boolean): ToolState {
  const keep = (host: ToolHost): ToolState => {
    if (!answered || mask === null) return keeping({ ticket, classId: host.activeClassId(), back: state })
    host.drawMask('smartClick', mask, false)
    return smartClickIdle()
  }
  const state: ToolState = {
    path: answered ? 'smartClick.previewing' : mask === null ? 'smartClick.preparing' : 'smartClick.asking',
    busy: true,
    preview: () => ({
      ...NO_PREVIEW,
      shape: mask === null ? null : { rings: ringsOf(mask), handles: false },
      path: mask === null && question.box !== null ? { points: cornersOf(question.box), pointer: null, closes: true } : null,
      marks: question.clicks,
    }),
    answered(_host, given, result) {
      // an answer to an earlier question says nothing any more
      if (given !== ticket) return state
      if (result === null) return mask === null ? smartClickIdle() : previewing(question, mask, ticket, true)
      return previewing({ ...question, part: result.part }, result.mask, ticket, true)
    },
    down(host, pointer) {
      const size = host.imageSize()
      if (size === null || pointer.x < 0 || pointer.y < 0 || pointer.x >= size.width || pointer.y >= size.height) return state
      return pressing({ question, mask, state }, pointer, pointer)
    },
    resize(host, step) {
      if (Math.abs(step) >= PART_STEP) return asking(host, { ...question, part: (question.part ?? 0) + Math.sign(step) }, { mask })
      const threshold = Math.min(THRESHOLD.max, Math.max(THRESHOLD.min, question.threshold * STEP ** step))
      return asking(host, { ...question, threshold, part: null }, { mask })
    },
    commit: keep,
    doubleClick: () => state,
    cancel: smartClickIdle,
    dropLast(host) {
      const clicks = question.clicks.slice(0, -1)
      const left = question.box !== null || clicks.some(({ include }) => include)
      return left && question.clicks.length > 0 ? asking(host, { ...question, clicks, part: null }, { mask }) : smartClickIdle()
    },
  }
  return state
}

const cornersOf = ([x0, y0, x1, y1]: NonNullable<ClickQuestion['box']>): number[] => [x0, y0, x1, y0, x1, y1, x0, y1]
