import { useRef, type PointerEvent } from 'react'
import { useEditor, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import './minimap.css'

/** longest side, CSS px */
const SIDE_PX = 140
/** share of the picture in view below which the map helps */
const SHOWN_BELOW = 0.9

/** The whole picture in a corner while only a part of it is in view, and which part; a press or drag goes there. The keys and the wheel do the same, so it is no stop for Tab. */
export function Minimap() {
  const { viewControl } = usePage()
  const part = usePart(viewControl, (state) => state.part)
  const image = useEditor((state) => state.image)
  const pressed = useRef(false)
  if (part === null || image === null || image.width === 0 || (part.x1 - part.x0) * (part.y1 - part.y0) > SHOWN_BELOW) return null
  const scale = SIDE_PX / Math.max(image.width, image.height)
  const [width, height] = [image.width * scale, image.height * scale]
  const go = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    viewControl.centre((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height)
  }
  return (
    <div
      className="minimap"
      aria-hidden
      style={{ width, height }}
      onPointerDown={(event) => {
        pressed.current = true
        event.currentTarget.setPointerCapture(event.pointerId)
        go(event)
      }}
      onPointerMove={(event) => { if (pressed.current) go(event) }}
      onPointerUp={() => { pressed.current = false }}
      onPointerCancel={() => { pressed.current = false }}
    >
      <img src={`/pictures/${image.id}/${image.revision}/thumb`} alt="" draggable={false} />
      <span className="minimap-part" style={{ left: part.x0 * width, top: part.y0 * height, width: (part.x1 - part.x0) * width, height: (part.y1 - part.y0) * height }} />
    </div>
  )
}
