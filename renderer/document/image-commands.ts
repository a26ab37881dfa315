import type { EditorCore } from './editor-core.ts'
import type { Editor } from './editor-state.ts'
import type { PerformEdits } from './perform-edits.ts'
import { markImage } from './record-edits.ts'

/** What a person says about the open image as a whole. */
export function imageCommands({ store }: EditorCore, { onImage }: PerformEdits): Pick<Editor, 'markDone' | 'setImageState'> {
  const setImageState: Editor['setImageState'] = (next) => {
    onImage(next === 'done' ? 'done' : 'imageState', () => {
      const mark = store.mark()
      return mark === null ? null : markImage(mark, next)
    })
  }
  return { setImageState, markDone: () => setImageState('done') }
}
