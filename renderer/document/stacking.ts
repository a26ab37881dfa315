import type { Diff } from '../../main/contract/diff.ts'
import type { Annotation } from '../../main/contract/records.ts'
import { EMPTY_DIFF, joinDiffs, restack } from './record-edits.ts'

export type StackMove = 'forward' | 'backward' | 'front' | 'back'

/**
 * Another place in the stack for some annotations, which keep their order among themselves. Only what has to get another
 * z is changed. Null: they are there already. O(n). @param stack from back to front
 */
export function moveInStack(stack: readonly Annotation[], ids: ReadonlySet<number>, move: StackMove): Diff | null {
  const moved = stack.filter(({ id }) => ids.has(id))
  const others = stack.filter(({ id }) => !ids.has(id))
  if (moved.length === 0) return null
  const below = move === 'front' ? others.length : move === 'back' ? 0
    : move === 'forward' ? others.filter(({ id }) => stack.findIndex((one) => one.id === id) < stack.indexOf(moved[moved.length - 1])).length + 1
    : others.filter(({ id }) => stack.findIndex((one) => one.id === id) < stack.indexOf(moved[0])).length - 1
  const at = Math.min(others.length, Math.max(0, below))
  const wanted = [...others.slice(0, at), ...moved, ...others.slice(at)]
  if (wanted.every(({ id }, i) => stack[i].id === id)) return null
  let diff = EMPTY_DIFF
  if (at === 0) {
    // To the back: below everything, so that nobody else has to change.
    let z = (others[0]?.z ?? 0) - moved.length
    for (const annotation of moved) diff = joinDiffs(diff, restack(annotation, z++))
    return diff
  }
  let before = wanted[0]
  for (const annotation of wanted.slice(1)) {
    const behind = annotation.z > before.z || (annotation.z === before.z && annotation.id > before.id)
    const placed = behind ? annotation : { ...annotation, z: before.z + 1 }
    if (!behind) diff = joinDiffs(diff, restack(annotation, placed.z))
    before = placed
  }
  return diff
}
