import { NO_PREVIEW } from './tool-preview.ts'
import type { ToolPointer } from './tool-pointer.ts'
import type { ToolHost, ToolState } from './tool-state.ts'

interface Press {
  readonly what: 'down' | 'move' | 'up' | 'doubleClick'
  readonly pointer: ToolPointer
}

/**
 * A tool that goes by colour was used before the px of the picture were there: what was done is kept and shown as places,
 * and done once they come. Esc gives it up; so does another image.
 * @param idle  what goes on from there
 */
export function waitingForPicture(path: string, idle: ToolState, presses: readonly Press[]): ToolState {
  const isDown = ['down', 'move'].includes(presses.at(-1)?.what ?? '')
  const keep = (what: Press['what']) => (_host: ToolHost, pointer: ToolPointer): ToolState => waitingForPicture(path, idle, [...presses, { what, pointer }])
  const given = () => idle
  const shown = { ...NO_PREVIEW, marks: presses.flatMap(({ what, pointer: { x, y, alt } }) => (what === 'down' ? [{ x, y, include: !alt }] : [])) }
  const state: ToolState = {
    path,
    busy: true,
    ...(idle.amount === undefined ? {} : { amount: idle.amount }),
    setAmount: (host, value) => waitingForPicture(path, idle.setAmount?.(host, value) ?? idle, presses),
    resize: (host, step) => waitingForPicture(path, idle.resize?.(host, step) ?? idle, presses),
    preview: () => shown,
    down: keep('down'),
    move: (host, pointer) => (isDown ? keep('move')(host, pointer) : state),
    up: keep('up'),
    doubleClick: keep('doubleClick'),
    cancel: given,
    dropLast: given,
    pictureCame: (host, there) => (there ? presses.reduce((now, { what, pointer }) => now[what]?.(host, pointer) ?? now, idle) : idle),
  }
  return state
}
