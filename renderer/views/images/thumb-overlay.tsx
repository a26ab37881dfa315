import { useEffect, useRef } from 'react'
import type { ImageRow } from '../../../main/contract/images.ts'
import type { OutputOf } from '../../../main/contract/procedures.ts'
import { useEditor, usePage } from '../page-context.tsx'

/** px of the longer side of an overlay */
const LONG_SIDE_PX = 128
/** of 255: what nobody has judged yet is fainter */
const ALPHA = { pending: 110, kept: 165 }
const UNNAMED = '#b9c0ca'

/** The masks of an image over its thumbnail, in the colours of their classes. */
export function ThumbOverlay({ row }: { readonly row: ImageRow }) {
  const page = usePage()
  const classes = useEditor((state) => state.classes)
  const canvas = useRef<HTMLCanvasElement>(null)
  const { id, pending, kept } = row
  useEffect(() => {
    let gone = false
    const draw = async () => {
      const overlay = await page.attempt(() => page.client.call('images.overlay', { imageId: id, longSide: LONG_SIDE_PX }))
      if (gone || overlay === undefined || canvas.current === null || overlay.width === 0) return
      const colours = new Map(classes.map(({ id: classId, colour }) => [classId, colour]))
      paint(canvas.current, overlay, (classId) => (classId === null ? UNNAMED : (colours.get(classId) ?? UNNAMED)))
    }
    if (pending + kept > 0) void draw()
    else canvas.current?.getContext('2d')?.clearRect(0, 0, canvas.current.width, canvas.current.height)
    return () => { gone = true }
  }, [page, classes, id, pending, kept])
  return <canvas ref={canvas} width={1} height={1} aria-hidden />
}

/** O(px of the overlay) */
function paint(canvas: HTMLCanvasElement, { width, height, labels, annotations }: OutputOf<'images.overlay'>, colourOf: (classId: number | null) => string): void {
  const colours = annotations.map(({ classId, state }) => [...[1, 3, 5].map((at) => Number.parseInt(colourOf(classId).slice(at, at + 2), 16)), state === 'pending' ? ALPHA.pending : ALPHA.kept])
  const pixels = new ImageData(width, height)
  for (const [p, label] of labels.entries()) if (label > 0) pixels.data.set(colours[label - 1], p * 4)
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')?.putImageData(pixels, 0, 0)
}
