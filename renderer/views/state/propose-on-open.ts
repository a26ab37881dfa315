import type { Editor } from '../../document/editor-state.ts'
import type { Store } from './store.ts'
import type { ViewChoices } from './view-choices.ts'

/**
 * Asks for proposals when a picture is opened that nobody has touched and that has none, once per opening, if the person
 * chose so. @returns how to stop
 */
export function proposeOnOpen(editor: Pick<Editor, 'state' | 'subscribe'>, choices: Pick<Store<ViewChoices>, 'state'>, propose: () => Promise<void>): () => void {
  let seen: number | null = null
  return editor.subscribe(() => {
    const { image, annotations, loading } = editor.state()
    if (loading || image?.id === seen) return
    seen = image?.id ?? null
    if (image === null || !choices.state().proposeOnOpen) return
    if (image.state === 'new' && annotations.length === 0 && image.problem === null && !image.missing) void propose()
  })
}
