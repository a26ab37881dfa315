import type { Editor, ToolName } from '../document/editor-state.ts'

/** Answers which tool other than select was in hand last; the brush at first. */
export function followTool(editor: Pick<Editor, 'state' | 'subscribe'>): () => ToolName {
  let last: ToolName = 'brush'
  const follow = () => {
    const { tool } = editor.state()
    if (tool !== 'select') last = tool
  }
  follow()
  editor.subscribe(follow)
  return () => last
}
