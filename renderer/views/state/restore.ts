import type { Editor } from '../../document/editor-state.ts'

/** steps at most: what one look at the history shows */
const STEPS_MAX = 500

/**
 * Undoes or redoes until an entry is the newest that stands, so that the image is as it was right after it. Stops where
 * a step can't be had; what is stored stays whole at every step. O(steps).
 * @returns whether it got there
 */
export async function restoreTo(editor: Pick<Editor, 'state' | 'undo' | 'redo'>, entryId: number): Promise<boolean> {
  for (let step = 0; step < STEPS_MAX; step++) {
    const { undo, redo } = editor.state()
    const newest = undo?.id ?? 0
    if (newest === entryId) return true
    if (newest > entryId) await editor.undo()
    else if (redo !== null && redo.id <= entryId) await editor.redo()
    else return false
    const now = editor.state()
    if (now.undo?.id === undo?.id && now.redo?.id === redo?.id) return false
  }
  return false
}
