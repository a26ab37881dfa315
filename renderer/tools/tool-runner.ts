import type { ToolName } from '../document/editor-state.ts'
import { boxIdle } from './box/idle.ts'
import { brushIdle } from './brush/idle.ts'
import { eraserIdle } from './eraser/idle.ts'
import { polygonIdle } from './polygon/idle.ts'
import { operationPreviewing } from './operation/previewing.ts'
import { selectIdle } from './select/idle.ts'
import { splitIdle } from './split/idle.ts'
import { snapping } from './snap/previewing.ts'
import { superpixelIdle } from './superpixel/idle.ts'
import type { ToolPointer } from './tool-pointer.ts'
import { NO_PREVIEW, type ToolPreview } from './tool-preview.ts'
import { smartClickIdle } from './smart-click/idle.ts'
import type { ClickAnswer, ToolAmount, ToolHost, ToolState } from './tool-state.ts'
import { verticesIdle } from './vertices/idle.ts'
import { WAND_TOLERANCE, wandIdle } from './wand/idle.ts'
import { OPERATIONS, type OperationName } from '../document/mask-operations.ts'

/** Where each tool starts, and comes back to; with the size it had last, if it has one of its own. */
const START: Record<ToolName, (amount: number | undefined) => ToolState> = {
  select: () => selectIdle(),
  brush: () => brushIdle(null),
  eraser: () => eraserIdle(null),
  polygon: polygonIdle,
  box: boxIdle,
  wand: (amount) => wandIdle(amount ?? WAND_TOLERANCE.start),
  vertices: (amount) => verticesIdle(null, amount),
  smartClick: smartClickIdle,
  superpixel: (amount) => superpixelIdle(null, amount ?? null),
  split: splitIdle,
}

/** Holds the state of the tool in hand and passes events to it. */
export interface ToolRunner {
  path(): string
  busy(): boolean
  preview(): ToolPreview
  /** null: it has no size of its own now */
  amount(): ToolAmount | null
  setAmount(value: number): void
  /** Gives up what is half done and takes another tool. */
  take(tool: ToolName): void
  /** Shows what an operation would make; Enter keeps it, Esc does not. Then the tool in hand goes on. */
  operate(operation: OperationName): void
  /** Asks for the selected mask with its outline on the picture's edges, and shows it: likewise. */
  snap(): void
  /** False: this tool has no size of its own now. */
  resize(step: number): boolean
  answered(ticket: number, answer: ClickAnswer | null): void
  /** False: no tool waited for it. */
  pictureCame(there: boolean): boolean
  down(pointer: ToolPointer): void
  move(pointer: ToolPointer): void
  up(pointer: ToolPointer): void
  leave(): void
  /** False: the tool had no use for it. */
  doubleClick(pointer: ToolPointer): boolean
  /** These three: false when nothing was half done. */
  cancel(): boolean
  commit(): boolean
  dropLast(): boolean
}

/** @param changed called after each event that may have changed path or preview */
export function createToolRunner(host: ToolHost, tool: ToolName, changed: () => void): ToolRunner {
  let inHand = tool
  let state = START[tool](undefined)
  const amounts = new Map<ToolName, number>()
  const begin = (): ToolState => START[inHand](amounts.get(inHand))
  const enter = (next: ToolState | undefined) => {
    if (next === undefined) return
    state = next
    if (state.amount !== undefined && state.path.startsWith(`${inHand}.`)) amounts.set(inHand, state.amount.value)
    changed()
  }
  const whileBusy = (next: (state: ToolState) => ToolState | undefined): boolean => {
    if (!state.busy) return false
    enter(next(state))
    return true
  }
  return {
    path: () => state.path,
    busy: () => state.busy,
    preview: () => state.preview?.(host) ?? NO_PREVIEW,
    amount: () => state.amount ?? null,
    setAmount: (value) => enter(state.setAmount?.(host, value)),
    take(next) {
      if (state.busy) state.cancel?.(host)
      inHand = next
      enter(begin())
    },
    operate(operation) {
      if (state.busy) state.cancel?.(host)
      enter(operationPreviewing(host, operation, OPERATIONS[operation].amount.start, begin) ?? begin())
    },
    snap() {
      if (state.busy) state.cancel?.(host)
      enter(snapping(host, begin) ?? begin())
    },
    resize(step) {
      const next = state.resize?.(host, step)
      enter(next)
      return next !== undefined
    },
    answered: (ticket, answer) => enter(state.answered?.(host, ticket, answer)),
    pictureCame(there) {
      const next = state.pictureCame?.(host, there)
      enter(next)
      return next !== undefined
    },
    down: (pointer) => enter(state.down?.(host, pointer)),
    move: (pointer) => enter(state.move?.(host, pointer)),
    up: (pointer) => enter(state.up?.(host, pointer)),
    leave: () => enter(state.leave?.(host)),
    doubleClick(pointer) {
      const next = state.doubleClick?.(host, pointer) ?? null
      if (next === null) return false
      enter(next)
      return true
    },
    cancel: () => whileBusy((now) => now.cancel?.(host)),
    commit: () => whileBusy((now) => now.commit?.(host)),
    dropLast: () => whileBusy((now) => now.dropLast?.(host)),
  }
}
