import { type Editor, NEIGHBOURS } from '../../document/editor-state.ts'

const KEY = 'maskwright.hand'

/** Gives the editor the brush radius and the rule for neighbours that this person had last, and remembers them on this machine from then on. */
export function rememberHand(editor: Pick<Editor, 'state' | 'subscribe' | 'setBrushRadius' | 'setNeighbours'>, storage: Pick<Storage, 'getItem' | 'setItem'> | null): void {
  try {
    const { brushRadiusPx, neighbours } = JSON.parse(storage?.getItem(KEY) ?? '{}') as { brushRadiusPx?: unknown; neighbours?: unknown }
    if (typeof brushRadiusPx === 'number' && Number.isFinite(brushRadiusPx)) editor.setBrushRadius(brushRadiusPx)
    const rule = NEIGHBOURS.find((one) => one === neighbours)
    if (rule !== undefined) editor.setNeighbours(rule)
  } catch {
    // What cannot be read is as if there were nothing.
  }
  let before = editor.state()
  editor.subscribe(() => {
    const now = editor.state()
    if (now.brushRadiusPx === before.brushRadiusPx && now.neighbours === before.neighbours) return
    before = now
    storage?.setItem(KEY, JSON.stringify({ brushRadiusPx: now.brushRadiusPx, neighbours: now.neighbours }))
  })
}
