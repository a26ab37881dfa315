import type { ClickWindow } from './click-window.ts'

/** A click in px of the window. @property walk  f32[height, width]  when a walk on the affinity from there arrives (arrivalTimes) */
export interface WindowClick { readonly x: number; readonly y: number; readonly include: boolean; readonly walk: Float32Array }

/** What is nearest to a px of the clicks of one sort, each f32[height, width]. */
export interface Nearest {
  /** way of least colour change, distance in px, difference of colour and texture, arrival of the walk */
  readonly way: Float32Array
  readonly far: Float32Array
  readonly unlike: Float32Array
  readonly walk: Float32Array
}

/** The clicks so far and what came of them; a step makes a new one. */
export interface ClickState {
  /** `reach`: px around it that are surely meant as it is, at most */
  readonly clicks: readonly { readonly x: number; readonly y: number; readonly include: boolean; readonly reach: number }[]
  readonly inside: Nearest
  readonly outside: Nearest
  /** f32[height, width]  [−1, 1]: of the click that says most of a px, how much and which sort */
  readonly said: Float32Array
  /** u8[height, width] and f32[height, width]: what the window showed after the last click, and how sure it was (log odds) */
  readonly mask: Uint8Array
  readonly odds: Float32Array
}

const UNREACHED = 1e9

export function noClicks({ width, height }: ClickWindow): ClickState {
  const n = width * height
  const nearest = (): Nearest => ({ way: new Float32Array(n).fill(UNREACHED), far: new Float32Array(n).fill(UNREACHED), unlike: new Float32Array(n).fill(UNREACHED), walk: new Float32Array(n).fill(UNREACHED) })
  return { clicks: [], inside: nearest(), outside: nearest(), said: new Float32Array(n), mask: new Uint8Array(n), odds: new Float32Array(n) }
}
