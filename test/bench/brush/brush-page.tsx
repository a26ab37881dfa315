import { createRoot } from 'react-dom/client'
import type { Diff } from '../../../main/contract/diff.ts'
import type { Annotation } from '../../../main/contract/records.ts'
import { encodeSpans } from '../../../main/masks/rle.ts'
import { intersectionArea } from '../../../main/masks/set-operations.ts'
import { CanvasView } from '../../../renderer/canvas/canvas-view.tsx'
import { viewControl } from '../../../renderer/canvas/view-control.ts'
import { createEditor } from '../../../renderer/document/editor.ts'
import type { Editor } from '../../../renderer/document/editor-state.ts'
import '../../../renderer/theme/tokens.css'
import { FakeEngine, labelClass, proposal } from '../../unit/renderer/fake-engine.ts'

/** What the benchmark drives from outside: one image with many masks, and clocks on the editor. */
export interface BrushBench {
  readonly editor: Editor
  readonly viewControl: typeof viewControl
  /** ms of main-thread work per call, by name */
  readonly times: Record<string, number[]>
  /** strokes' events looked at in the frame after them, and how many of those showed their pixel there */
  readonly frames: { looked: number; shown: number }
  /** While true, 'interval' has the ms from frame to frame, 'whole frame' the main thread's ms in each: scripts, style and paint. */
  watching: boolean
  /** How many masks the selected annotation's mask overlaps. */
  overlaps(): number
  /** How many annotations the last edit changed besides the selected one. */
  changedBeside(): number
}

declare global {
  interface Window { brushBench?: BrushBench }
}

const parameters = new URLSearchParams(location.search)
const WIDTH = Number(parameters.get('width') ?? 4000)
const HEIGHT = Number(parameters.get('height') ?? 3000)
const MASKS = Number(parameters.get('masks') ?? 200)

/** Numbers in [0, 1) from a seed, the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A blob with a wavy edge: the shape of a hand-made mask. */
function blob(random: () => number): Annotation['mask'] {
  const radius = 60 + 340 * random() ** 2
  const x = random() * WIDTH
  const y = random() * HEIGHT
  const waves = 3 + Math.floor(random() * 9)
  const spans: number[] = []
  for (let row = Math.max(0, Math.floor(y - radius)); row < Math.min(HEIGHT, y + radius); row++) {
    const wave = 1 + 0.1 * Math.sin(row / radius * waves * 2)
    const half = Math.sqrt(Math.max(0, radius ** 2 - (row - y) ** 2)) * wave
    const from = Math.max(0, Math.round(x - half))
    const to = Math.min(WIDTH, Math.round(x + half))
    if (from < to) spans.push(row, from, to)
  }
  return encodeSpans(Int32Array.from(spans))
}

const engine = new FakeEngine()
engine.addImage(1, WIDTH, HEIGHT)
engine.mipLevels = 4
for (let id = 1; id <= 12; id++) engine.put(labelClass(id, `class ${id}`))
const random = seeded(7)
for (let i = 0; i < MASKS; i++) {
  const mask = blob(random)
  if (mask.width > 0) engine.put(proposal(100_000 + i, 1, mask, { classId: i % 5 === 0 ? null : 1 + i % 12, state: i % 3 === 0 ? 'pending' : 'accepted' }))
}
const editor = createEditor(engine.client, (key) => key)
const times: Record<string, number[]> = {}
const frames = { looked: 0, shown: 0 }
const clocked = <A extends readonly unknown[], R>(name: string, call: (...given: A) => R) => (...given: A): R => {
  const start = performance.now()
  try {
    return call(...given)
  } finally {
    (times[name] ??= []).push(performance.now() - start)
  }
}

let moves = 0
/** Looks, in the frame after the event and after the canvas has drawn there, whether the pixel under the pointer is painted. */
function lookInNextFrame() {
  const at = lastClient
  if (moves++ % 10 !== 0 || at === null) return
  requestAnimationFrame(() => {
    const overlay = document.querySelector<HTMLCanvasElement>('canvas.canvas-layer')
    const box = overlay?.getBoundingClientRect()
    if (overlay === null || box === undefined) return
    const pixel = overlay.getContext('2d')?.getImageData((at.x - box.left) * devicePixelRatio, (at.y - box.top) * devicePixelRatio, 1, 1).data
    frames.looked++
    if (pixel !== undefined && pixel[3] > 0) frames.shown++
  })
}
let lastClient: { readonly x: number; readonly y: number } | null = null
window.addEventListener('pointermove', (event) => { lastClient = { x: event.clientX, y: event.clientY } }, { capture: true })

const { surface } = editor
const measured: Editor = {
  ...editor,
  surface: {
    ...surface,
    pointerDown: clocked('down', (pointer) => surface.pointerDown(pointer)),
    pointerMove(pointer) {
      const busy = editor.state().toolPath === 'brush.painting'
      clocked(busy ? 'brush event' : 'hover', () => surface.pointerMove(pointer))()
      if (busy) lookInNextFrame()
    },
    pointerUp: clocked('commit', (pointer) => surface.pointerUp(pointer)),
  },
}
// Frames: every callback of a frame as the canvas registers it.
const plainFrame = window.requestAnimationFrame.bind(window)
window.requestAnimationFrame = (callback) => plainFrame(clocked('frame', callback))
// The first callback of a frame to the first task after it: what lies between is the page's and the painting's.
const afterFrame = new MessageChannel()
let frameStart = 0
let lastFrame: number | null = null
const watch = (timestamp: number) => {
  plainFrame(watch)
  if (window.brushBench?.watching !== true) {
    lastFrame = null
    return
  }
  if (lastFrame !== null) (times.interval ??= []).push(timestamp - lastFrame)
  lastFrame = timestamp
  frameStart = performance.now()
  afterFrame.port2.postMessage(null)
}
afterFrame.port1.addEventListener('message', () => { (times['whole frame'] ??= []).push(performance.now() - frameStart) })
afterFrame.port1.start()
plainFrame(watch)

await editor.reload()
const opening = performance.now()
await editor.openImage(1)
times.open = [performance.now() - opening]
const root = document.querySelector('#root')
if (root === null) throw new Error('the page has no #root')
createRoot(root).render(<CanvasView editor={measured} overlayOpacity={0.45} outlineOnly={false} label="benchmark" />)
window.brushBench = {
  editor, viewControl, times, frames, watching: false,
  overlaps() {
    const { annotations, selectedId } = editor.state()
    const selected = annotations.find(({ id }) => id === selectedId)
    return selected === undefined ? 0 : annotations.filter(({ id, mask }) => id !== selectedId && intersectionArea(mask, selected.mask) > 0).length
  },
  changedBeside() {
    const last = engine.calls.findLast(({ name }) => name === 'diff.apply')?.input as { diff: Diff } | undefined
    return last?.diff.updated.filter(([from]) => from.kind === 'annotation' && from.id !== editor.state().selectedId).length ?? 0
  },
}
