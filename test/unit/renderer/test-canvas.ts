import { decodeInto } from '../../../main/masks/rle.ts'
import type { Mask } from '../../../main/masks/mask.ts'
import { createEditor } from '../../../renderer/document/editor.ts'
import type { Editor, ToolName } from '../../../renderer/document/editor-state.ts'
import type { ToolPointer } from '../../../renderer/tools/tool-pointer.ts'
import { english } from './english.ts'
import { FakeEngine } from './fake-engine.ts'

/** A mask as text: '#' set, '.' not; rows joined by newlines. */
export function drawMask(mask: Mask, width: number, height: number): string {
  const plane = new Uint8Array(width * height)
  decodeInto(mask, plane, width, 1)
  return Array.from({ length: height }, (_, y) => Array.from(plane.subarray(y * width, (y + 1) * width), (set) => (set === 1 ? '#' : '.')).join('')).join('\n')
}

/** Drives the pointers of an editor without a DOM, and writes down the path of states. One screen px is one px of the image. */
export class TestCanvas {
  readonly editor: Editor
  readonly engine: FakeEngine
  /** every state the tool has been in, without repeats in a row */
  path: string[]
  #pxPerScreenPx: number

  constructor(engine: FakeEngine, pxPerScreenPx = 1) {
    this.engine = engine
    this.editor = createEditor(engine.client, english)
    this.#pxPerScreenPx = pxPerScreenPx
    this.path = [this.editor.state().toolPath]
    this.editor.subscribe(() => {
      const now = this.editor.state().toolPath
      if (now !== this.path.at(-1)) this.path.push(now)
    })
  }

  /** An open image of this size; what the engine should hold besides has to be put there first. */
  static async open(width: number, height: number, prepare: (engine: FakeEngine) => void = () => {}): Promise<TestCanvas> {
    const engine = new FakeEngine()
    engine.addImage(1, width, height)
    prepare(engine)
    const canvas = new TestCanvas(engine)
    await canvas.editor.reload()
    await canvas.editor.openImage(1)
    return canvas
  }

  tool(tool: ToolName): void {
    this.editor.setTool(tool)
    this.path = [this.editor.state().toolPath]
  }

  #pointer(x: number, y: number, shift = false): ToolPointer {
    return { x, y, pxPerScreenPx: this.#pxPerScreenPx, shift, alt: false }
  }

  down(x: number, y: number, shift = false): void { this.editor.surface.pointerDown(this.#pointer(x, y, shift)) }
  move(x: number, y: number): void { this.editor.surface.pointerMove(this.#pointer(x, y)) }
  up(x: number, y: number): void { this.editor.surface.pointerUp(this.#pointer(x, y)) }

  click(x: number, y: number, shift = false): void {
    this.move(x, y)
    this.down(x, y, shift)
    this.up(x, y)
  }

  altClick(x: number, y: number): void {
    const pointer = { ...this.#pointer(x, y), alt: true }
    this.editor.surface.pointerDown(pointer)
    this.editor.surface.pointerUp(pointer)
  }

  doubleClick(x: number, y: number): boolean {
    this.click(x, y)
    this.click(x, y)
    return this.editor.surface.doubleClick(this.#pointer(x, y))
  }

  drag(...points: readonly (readonly [number, number])[]): void {
    const [first] = points
    this.down(...first)
    for (const point of points.slice(1)) this.move(...point)
    this.up(...(points.at(-1) ?? first))
  }

  /** Of the annotations shown, back to front. */
  masks(): Mask[] { return this.editor.state().annotations.map(({ mask }) => mask) }
  areas(): number[] { return this.editor.state().annotations.map(({ areaPx2 }) => areaPx2) }
  /** Edits sent to the engine. */
  edits(): number { return this.engine.calls.filter(({ name }) => name === 'diff.apply').length }

  /** Ids of the topmost annotation per pixel, 0 = none. */
  seen(): number[] {
    const plane = this.editor.surface.plane()
    return plane === null ? [] : Array.from(plane.labels, (slot) => plane.idOf(slot) ?? 0)
  }

  /** What `seen` has to be, drawn from the stored masks alone: the naive way. */
  seenByMasks(): number[] {
    const { image, annotations, selectedId, hidden } = this.editor.state()
    if (image === null) return []
    const plane = new Uint16Array(image.width * image.height)
    const visible = annotations.filter(({ id, state }) => state !== 'rejected' && !hidden.has(id))
    const order = [...visible.filter(({ id }) => id !== selectedId), ...visible.filter(({ id }) => id === selectedId)]
    for (const { id, mask } of order) decodeInto(mask, plane, image.width, id)
    return [...plane]
  }
}
