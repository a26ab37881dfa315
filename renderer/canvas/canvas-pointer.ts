import type { Editor } from '../document/editor-state.ts'
import type { ToolPointer } from '../tools/tool-pointer.ts'
import type { ViewTransform } from './view-transform.ts'

/** What pointers and wheel do to the view. */
export interface PointerView {
  transform(): ViewTransform
  panBy(dx: number, dy: number): void
  /** (x, y): CSS px in the view; factor > 1 zooms in */
  zoomBy(x: number, y: number, factor: number): void
  fit(): void
  /** the pointer is over this place of the image, or has left (null) */
  hover(place: { readonly x: number; readonly y: number } | null): void
  /** which pointer shape to show */
  panning(state: 'no' | 'ready' | 'moving'): void
}

/** zoom per px of wheel; a notch is about 100 px. Pinches come as Ctrl+wheel with small steps. */
const WHEEL_ZOOM = 0.0018
const PINCH_ZOOM = 0.01
/** px of wheel per line and per page, where the browser counts in those */
const WHEEL_PX = [1, 16, 400]
/** brush radius per px of wheel: a notch is about 15 % */
const WHEEL_RADIUS = 0.0014

/** of `buttons`: the right one alone means what Alt with the left one does */
const RIGHT_BUTTON = 2

/** Passes a canvas's pointer events to the tools, and pan and zoom to the view. Returns the function that ends it. */
export function listenToPointer(element: HTMLElement, editor: Editor, view: PointerView): () => void {
  let space = false
  let inside = false
  let pan: { readonly id: number; x: number; y: number } | null = null
  let drawing: number | null = null
  const stop = new AbortController()
  const { signal } = stop

  const place = (event: MouseEvent): { x: number; y: number } => {
    const bounds = element.getBoundingClientRect()
    return { x: event.clientX - bounds.left, y: event.clientY - bounds.top }
  }
  const pointerAt = (event: MouseEvent): ToolPointer => {
    const { scale, offsetX, offsetY } = view.transform()
    const { x, y } = place(event)
    return { x: (x - offsetX) / scale, y: (y - offsetY) / scale, pxPerScreenPx: 1 / scale, shift: event.shiftKey, alt: event.altKey || event.buttons === RIGHT_BUTTON }
  }
  const shape = () => view.panning(pan !== null ? 'moving' : space && inside ? 'ready' : 'no')

  element.addEventListener('pointerdown', (event) => {
    if (pan !== null || drawing !== null) return
    if (event.button === 1 || (event.button === 0 && space)) {
      event.preventDefault()
      pan = { id: event.pointerId, x: event.clientX, y: event.clientY }
      element.setPointerCapture(event.pointerId)
      shape()
      return
    }
    if (event.button !== 0 && !(event.button === 2 && editor.state().tool === 'smartClick')) return
    drawing = event.pointerId
    element.setPointerCapture(event.pointerId)
    editor.surface.pointerDown(pointerAt(event))
  }, { signal })

  element.addEventListener('pointermove', (event) => {
    if (pan !== null) {
      if (event.pointerId !== pan.id) return
      // By whole device px, the rest next time: then what is drawn can be moved along (overlay-canvas.ts).
      const dx = Math.round((event.clientX - pan.x) * devicePixelRatio) / devicePixelRatio
      const dy = Math.round((event.clientY - pan.y) * devicePixelRatio) / devicePixelRatio
      view.panBy(dx, dy)
      pan.x += dx
      pan.y += dy
      return
    }
    if (drawing !== null && event.pointerId !== drawing) return
    const events = event.getCoalescedEvents()
    for (const each of events.length > 0 ? events : [event]) editor.surface.pointerMove(pointerAt(each))
    view.hover(pointerAt(event))
  }, { signal })

  const end = (event: PointerEvent) => {
    if (pan?.id === event.pointerId) {
      pan = null
      shape()
    } else if (drawing === event.pointerId) {
      drawing = null
      editor.surface.pointerUp(pointerAt(event))
    }
  }
  element.addEventListener('pointerup', end, { signal })
  element.addEventListener('pointercancel', (event) => {
    // The system took the pointer away in the middle of it: what was half done was not meant to stay.
    if (drawing === event.pointerId) {
      drawing = null
      editor.cancelTool()
    } else end(event)
  }, { signal })
  element.addEventListener('pointerenter', () => {
    inside = true
    shape()
  }, { signal })
  element.addEventListener('pointerleave', () => {
    inside = false
    shape()
    if (drawing !== null) return
    editor.surface.pointerLeave()
    view.hover(null)
  }, { signal })

  element.addEventListener('dblclick', (event) => {
    if (event.button === 0 && !space && !editor.surface.doubleClick(pointerAt(event))) view.fit()
  }, { signal })
  // Else a middle click would start the browser's own scrolling, or paste.
  element.addEventListener('mousedown', (event) => { if (event.button === 1) event.preventDefault() }, { signal })
  element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal })

  element.addEventListener('wheel', (event) => {
    event.preventDefault()
    const px = (event.deltaY !== 0 ? event.deltaY : event.deltaX) * WHEEL_PX[event.deltaMode]
    if (event.altKey) {
      if (editor.surface.resize((px > 0 ? -1 : 1) * (event.shiftKey ? 10 : 1))) return
      const radius = editor.state().brushRadiusPx * Math.exp(-px * WHEEL_RADIUS)
      editor.setBrushRadius(Math.round(radius * 10) / 10)
      return
    }
    const { x, y } = place(event)
    view.zoomBy(x, y, Math.exp(-px * (event.ctrlKey && Math.abs(px) < 50 ? PINCH_ZOOM : WHEEL_ZOOM)))
    editor.surface.pointerMove(pointerAt(event))
  }, { signal, passive: false })

  window.addEventListener('keydown', (event) => {
    if (event.code !== 'Space' || !inside || (event.target instanceof Element && event.target.closest('input, textarea, [contenteditable]') !== null)) return
    event.preventDefault()
    space = true
    shape()
  }, { signal })
  const letGo = () => {
    space = false
    shape()
  }
  window.addEventListener('keyup', (event) => { if (event.code === 'Space') letGo() }, { signal })
  window.addEventListener('blur', letGo, { signal })

  return () => stop.abort()
}
