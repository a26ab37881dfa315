import type { EditorCore } from './editor-core.ts'
import type { Editor } from './editor-state.ts'
import type { PerformEdits } from './perform-edits.ts'
import * as edits from './record-edits.ts'

type Names = 'markDone' | 'setImageState' | 'updateImage' | 'tickClasses' | 'addComment' | 'resolveComment' | 'removeComment'

/** What a person says about the open image as a whole. */
export function imageCommands({ store, takeId }: EditorCore, { onImage }: PerformEdits): Pick<Editor, Names> {
  const setImageState: Editor['setImageState'] = (next) => {
    onImage(next === 'done' ? 'done' : 'imageState', () => {
      const mark = store.mark()
      return mark === null ? null : edits.markImage(mark, next)
    })
  }
  return {
    setImageState,
    markDone: () => setImageState('done'),
    tickClasses(classIds) {
      onImage('ticks', () => {
        const mark = store.mark()
        return mark === null ? null : edits.tickImage(mark, classIds)
      })
    },
    updateImage(patch) {
      onImage('review' in patch ? 'review' : 'assign', () => {
        const mark = store.mark()
        return mark === null ? null : edits.reviewImage(mark, patch)
      })
    },
    addComment(given, author) {
      const text = given.trim()
      const image = store.image()
      if (text === '' || image === null) return
      const id = takeId()
      if (id !== null) onImage('comment', () => edits.addCommentRecord({ id, imageId: image.id, text, author, at: Date.now() }))
    },
    resolveComment(id, resolved) {
      onImage('resolveComment', () => {
        const comment = store.comment(id)
        return comment === undefined ? null : edits.resolveComment(comment, resolved)
      })
    },
    removeComment(id) {
      onImage('removeComment', () => {
        const comment = store.comment(id)
        return comment === undefined ? null : { ...edits.EMPTY_DIFF, removed: [comment] }
      })
    },
  }
}
