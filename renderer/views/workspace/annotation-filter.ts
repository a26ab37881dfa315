import type { Annotation, AnnotationState } from '../../../main/contract/records.ts'

/** Which of the image's annotations the list shows. */
export interface AnnotationFilter {
  readonly states: ReadonlySet<AnnotationState>
  /** 'any': of every class; null: those without one */
  readonly classId: number | null | 'any'
  /** in [0, 1]; 0 asks nothing, more leaves out what has no score */
  readonly leastScore: number
}

type Judged = Pick<Annotation, 'state' | 'classId' | 'score'>

/** Whether class or score leave anything out, whatever the states. */
export const asksMoreThanState = ({ classId, leastScore }: AnnotationFilter): boolean => classId !== 'any' || leastScore > 0

/** Whether the list shows an annotation. */
export function passesFilter({ state, classId, score }: Judged, filter: AnnotationFilter): boolean {
  if (!filter.states.has(state)) return false
  if (filter.classId !== 'any' && classId !== filter.classId) return false
  return filter.leastScore === 0 || (score !== null && score >= filter.leastScore)
}
