import type { Diff } from '../../main/contract/diff.ts'
import type { Annotation } from '../../main/contract/records.ts'
import { EMPTY_MASK, type Mask } from '../../main/masks/mask.ts'
import { intersectMasks, sameMask, subtractAll, subtractMasks, unionAll, unionMasks } from '../../main/masks/set-operations.ts'
import type { ToolHost, ToolPlan } from '../tools/tool-state.ts'
import { OPERATIONS, type Operation, type OperationName } from './mask-operations.ts'
import { EMPTY_DIFF, drawAnnotation, editMask, joinDiffs } from './record-edits.ts'
import type { FollowBorders } from './follow-borders.ts'
import type { SurfaceDocument } from './surface.ts'

const changed = (annotation: Annotation, mask: Mask): Diff => (sameMask(annotation.mask, mask) ? EMPTY_DIFF : editMask(annotation, mask))
const orNull = (diff: Diff): Diff | null => (diff.added.length + diff.updated.length + diff.removed.length === 0 ? null : diff)

/** What tools do to whole masks, as edits of the document. */
export type MaskEdits = Pick<ToolHost, 'drawMask' | 'changeMask' | 'divide' | 'changeable' | 'plan'>

/** Moved as a whole, a mask leaves its borders behind. */
const LEAVES_BORDERS: ReadonlySet<string> = new Set(['move'])

/** @param protectedMasks masks of annotations that paint must not cover, but for one */
export function createMaskEdits(document: SurfaceDocument, protectedMasks: (exceptId: number | null) => readonly Mask[], followBorders: FollowBorders): MaskEdits {
  const allowed = (mask: Mask, id: number | null): Mask => subtractAll(mask, protectedMasks(id))
  /** An annotation's next mask without what it would gain of those that are spared. */
  const spared = ({ id, mask: now }: Annotation, next: Mask): Mask => {
    const gained = subtractMasks(next, now)
    const left = allowed(gained, id)
    return left === gained ? next : unionMasks(intersectMasks(next, now), left)
  }
  /** Null: it is locked or gone, and said so. */
  const open = (id: number): Annotation | null => {
    const annotation = document.annotation(id)
    if (annotation?.locked === true) document.tell('locked')
    return annotation === undefined || annotation.locked ? null : annotation
  }

  const divide: MaskEdits['divide'] = (label, id, into) => {
    const annotation = open(id)
    const image = document.image()
    if (annotation === null || image === null) return
    const count = into(annotation.mask).length
    if (count < 2) return document.tell(label === 'split' ? 'notParted' : 'onePart')
    const ids = Array.from({ length: count - 1 }, () => document.takeId())
    document.perform(label, () => {
      const now = document.annotation(id)
      if (now === undefined) return null
      const [first, ...rest] = into(now.mask)
      return rest.reduce((sum, mask, i) => {
        const newId = ids.at(i)
        const piece = newId === null || newId === undefined ? null : drawAnnotation(newId, image.id, now.classId, mask, now.z)
        return piece === null ? sum : joinDiffs(sum, piece)
      }, changed(now, first))
    })
  }

  const together = (name: OperationName, operation: Extract<Operation, { kind: 'together' }>, selection: readonly Annotation[]): ToolPlan | null => {
    if (selection.length < 2) {
      document.tell('selectTwo')
      return null
    }
    const ids = selection.map(({ id }) => id)
    return {
      masks: [operation.run(selection.map(({ mask }) => mask))],
      commit: () => document.perform(name, () => {
        const now = ids.flatMap((id) => document.annotation(id) ?? [])
        if (now.length < ids.length) return null
        const [first, ...others] = now
        const diff = changed(first, operation.run(now.map(({ mask }) => mask)))
        return orNull(operation.others === 'go' ? { ...diff, removed: [...diff.removed, ...others] } : diff)
      }),
    }
  }

  return {
    divide,
    drawMask(label, mask, toSelected, classId = document.activeClassId()) {
      const image = document.image()
      const target = toSelected ? document.selection().at(0) : undefined
      if (image === null || (target !== undefined && open(target.id) === null)) return
      if (target !== undefined) {
        document.perform(label, () => {
          const now = document.annotation(target.id)
          if (now === undefined) return null
          const next = unionMasks(now.mask, allowed(mask, now.id))
          return orNull(joinDiffs(changed(now, next), followBorders([now.id], now.mask, next)))
        })
        return
      }
      const left = allowed(mask, null)
      if (left.width === 0) return document.tell('allKept')
      const id = document.takeId()
      if (id === null) return
      document.perform(label, () => {
        const drawn = drawAnnotation(id, image.id, classId, left, document.frontZ())
        return drawn === null ? null : joinDiffs(drawn, followBorders([id], EMPTY_MASK, left))
      })
    },
    changeMask(label, id, next) {
      if (open(id) === null) return
      document.perform(label, () => {
        const now = document.annotation(id)
        if (now === undefined) return null
        if (LEAVES_BORDERS.has(label)) return orNull(changed(now, next(now.mask)))
        const after = spared(now, next(now.mask))
        return orNull(joinDiffs(changed(now, after), followBorders([id], now.mask, after)))
      })
    },
    changeable() {
      const first = document.selection().at(0)
      if (first === undefined) document.tell('selectFirst')
      return first === undefined ? null : open(first.id)
    },
    plan(name, amount) {
      const operation: Operation = OPERATIONS[name]
      const selection = document.selection()
      const image = document.image()
      if (image === null) return null
      if (selection.length === 0) {
        document.tell('selectFirst')
        return null
      }
      if (selection.some(({ locked }) => locked)) {
        document.tell('locked')
        return null
      }
      if (operation.kind === 'together') return together(name, operation, selection)
      if (operation.kind === 'divide') {
        const [{ id, mask }] = selection
        const masks = operation.run(mask)
        if (masks.length > 1) return { masks, commit: () => divide(name, id, operation.run) }
        document.tell('onePart')
        return null
      }
      const ids = selection.map(({ id }) => id)
      const run = (annotation: Annotation) => spared(annotation, operation.run(annotation.mask, amount, image))
      const masks = selection.map(run)
      if (name === 'fillHoles' && selection.every(({ mask }, i) => sameMask(mask, masks[i]))) {
        document.tell('noHoles')
        return null
      }
      return {
        masks,
        commit: () => document.perform(name, () => {
          const now = ids.flatMap((id) => document.annotation(id) ?? [])
          const next = now.map(run)
          const diff = now.reduce((sum, annotation, i) => joinDiffs(sum, changed(annotation, next[i])), EMPTY_DIFF)
          return orNull(joinDiffs(diff, followBorders(ids, unionAll(now.map(({ mask }) => mask)), unionAll(next))))
        }),
      }
    },
  }
}
