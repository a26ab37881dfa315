import type { ClickAnswer, ToolHost, ToolState } from '../tool-state.ts'
import { NO_PREVIEW } from '../tool-preview.ts'
import { smartClickIdle } from './idle.ts'

/** What came after Enter, to be done with the state there is then. */
type Later = (now: ToolState, host: ToolHost) => ToolState | undefined

interface Kept {
  /** of the question whose answer is kept */
  readonly ticket: number
  /** of the moment of Enter: a class key after it is for the next object */
  readonly classId: number | null
  /** before Enter */
  readonly back: ToolState
}

/** Enter came before the answer: what is found is kept when it comes, and what is done meanwhile is of the next object. Backspace takes Enter back, Esc gives all of it up. */
export function keeping(kept: Kept, later: readonly Later[] = []): ToolState {
  const { ticket, classId, back } = kept
  const after = (next: Later): ToolState => keeping(kept, [...later, next])
  const state: ToolState = {
    path: 'smartClick.keeping',
    busy: true,
    preview: (host) => back.preview?.(host) ?? NO_PREVIEW,
    answered(host: ToolHost, given: number, result: ClickAnswer | null) {
      if (given !== ticket) return state
      // there is nothing to keep: it is as if Enter had not been pressed
      if (result === null) return back.answered?.(host, given, null) ?? smartClickIdle()
      host.drawMask('smartClick', result.mask, false, classId)
      return later.reduce<ToolState>((now, next) => next(now, host) ?? now, smartClickIdle())
    },
    down: (_host, pointer) => after((now, host) => now.down?.(host, pointer)),
    move: (_host, pointer) => (later.length === 0 ? state : after((now, host) => now.move?.(host, pointer))),
    up: (_host, pointer) => (later.length === 0 ? state : after((now, host) => now.up?.(host, pointer))),
    resize: (_host, step) => (later.length === 0 ? state : after((now, host) => now.resize?.(host, step))),
    commit: () => (later.length === 0 ? state : after((now, host) => now.commit?.(host))),
    dropLast: () => (later.length === 0 ? back : after((now, host) => now.dropLast?.(host))),
    doubleClick: () => state,
    cancel: smartClickIdle,
  }
  return state
}
