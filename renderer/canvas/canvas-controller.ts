import type Konva from 'konva'
import type { ImageRow } from '../../main/contract/images.ts'
import { wholeLevel, type Tones } from '../../main/contract/pictures.ts'
import type { Editor, EditorState } from '../document/editor-state.ts'
import { type CanvasColours, readColours } from './canvas-colours.ts'
import { listenToPointer } from './canvas-pointer.ts'
import { type Ghosts, createGhostShape } from './ghost-shape.ts'
import { createOverlayCanvas } from './overlay-canvas.ts'
import { type OverlayOptions, type OverlayStyles, overlayStyles, sameStyles } from './overlay-styles.ts'
import { pictureLoader } from './picture-loader.ts'
import { createPictureTiles, type PictureTiles } from './picture-tiles.ts'
import { type PicturePyramid, createPicturePyramid, pictureUrl } from './picture-pyramid.ts'
import { readPixels } from './read-pixels.ts'
import { createTileShape } from './tile-shape.ts'
import { createVectorLayer } from './vector-layer.ts'
import type { ViewControl } from './view-control.ts'
import { type Size, type ViewTransform, fitTransform, keepInSight, wantedLevel, zoomAt } from './view-transform.ts'

/** What React mounted for the canvas. */
export interface CanvasParts {
  /** gets the pointer events, and gives the size */
  readonly container: HTMLElement
  readonly pictureStage: Konva.Stage
  readonly pictureLayer: Konva.Layer
  readonly picture: Konva.Image
  readonly overlay: HTMLCanvasElement
  readonly vectorStage: Konva.Stage
  readonly vectorLayer: Konva.Layer
}

export interface CanvasController {
  setOptions(options: OverlayOptions): void
  showGhosts(ghosts: Ghosts | null): void
  /** How pictures of 16 bits are shown. */
  setTones(tones: Tones): void
  close(): void
}

/** tools that go by the picture's px */
const BY_COLOUR: ReadonlySet<string> = new Set(['wand', 'superpixel'])
/** from this zoom on single px are shown as squares */
const CRISP_FROM = 2

/**
 * Keeps the three layers in step with the editor, outside React: an event marks what is out of date, and one function a
 * frame draws it. Nothing here keeps state of the document.
 */
export function createCanvasController(parts: CanvasParts, editor: Editor, viewControl: ViewControl, options: OverlayOptions, startTones: Tones): CanvasController {
  const { container, pictureLayer, picture, vectorLayer } = parts
  const overlay = createOverlayCanvas(parts.overlay)
  const ghostShape = createGhostShape(vectorLayer)
  const vectors = createVectorLayer(vectorLayer)
  let ghosts: Ghosts | null = null
  let colours: CanvasColours = readColours(container)
  let overlayOptions = options
  let styles: OverlayStyles | null = null
  /** the draft that `styles` are with */
  let styledDraft: ReturnType<Editor['surface']['draft']> = null
  let pyramid: PicturePyramid | null = null
  let tiles: PictureTiles | null = null
  let tones = startTones
  pictureLayer.add(createTileShape(() => tiles?.shown() ?? []))
  let shownImage: ImageRow | null = null
  let shown: EditorState | null = null
  let size: Size = { width: 0, height: 0 }
  let view: ViewTransform = { scale: 1, offsetX: 0, offsetY: 0 }
  let fitted = true // the view goes on fitting when its size changes, until a person moves it
  let hovered: { readonly x: number; readonly y: number } | null = null
  let frame = 0
  let stale = { picture: true, styles: true, vectors: true, cursor: true }

  const schedule = (what: Partial<typeof stale>) => {
    stale = { ...stale, ...what }
    if (frame === 0) frame = requestAnimationFrame(draw)
  }
  const moveTo = (next: ViewTransform) => {
    view = next
    schedule({ picture: true, vectors: true, cursor: true })
  }
  const fit = () => {
    fitted = true
    if (shownImage !== null && size.width > 0) moveTo(fitTransform(shownImage, size))
  }
  const zoomTo = (x: number, y: number, scale: number) => {
    if (shownImage === null || size.width === 0) return
    fitted = false
    moveTo(zoomAt(view, x, y, scale, shownImage, size))
  }

  /** The px of the open image for tools that go by colour, once each image. */
  let readFor: string | null = null
  const readForTools = (image: ImageRow, levels: number) => {
    const key = `${image.id}.${image.revision}`
    if (readFor === key) return
    readFor = key
    readPixels(image, levels, tones, pictureLoader).then((pixels) => {
      if (readFor === key && shownImage?.id === image.id) editor.surface.setPicture(pixels)
    }, () => {
      if (readFor !== key) return
      readFor = null
      editor.surface.setPicture(null)
    })
  }

  const openPicture = () => {
    // a layer that draws before the next frame would find a bitmap that is gone
    picture.visible(false)
    pyramid?.close()
    tiles?.close()
    const levels = editor.state().mipLevels
    const arrived = () => schedule({ picture: true })
    pyramid = shownImage === null || levels === 0 ? null : createPicturePyramid(shownImage, levels, tones, arrived)
    tiles = shownImage === null || levels === 0 || wholeLevel(shownImage.width, shownImage.height) === 0 ? null : createPictureTiles(shownImage, tones, arrived)
    readFor = null
    arrived()
  }

  const readState = () => {
    const now = editor.state()
    const before = shown
    shown = now
    if (now.image?.id !== shownImage?.id || now.image?.revision !== shownImage?.revision || now.mipLevels !== before?.mipLevels) {
      const another = now.image?.id !== shownImage?.id || now.image?.width !== shownImage?.width || now.image?.height !== shownImage?.height
      shownImage = now.image
      openPicture()
      hovered = another ? null : hovered
      if (another) fit()
      overlay.touch('all')
      schedule({ picture: true })
    }
    if (now.annotations !== before?.annotations || now.classes !== before.classes || now.selectedId !== before.selectedId || now.alsoSelected !== before.alsoSelected || now.hidden !== before.hidden) schedule({ styles: true, vectors: true, cursor: true })
    if (now.tool !== before?.tool) container.dataset.tool = now.tool
    if (BY_COLOUR.has(now.tool) && now.image !== null && now.mipLevels > 0 && editor.surface.plane() !== null) readForTools(now.image, now.mipLevels)
  }

  const drawPicture = (devicePixelRatio: number) => {
    pictureLayer.position({ x: view.offsetX, y: view.offsetY })
    pictureLayer.scale({ x: view.scale, y: view.scale })
    pictureLayer.imageSmoothingEnabled(view.scale < CRISP_FROM)
    if (shown !== null) {
      const level = wantedLevel(view.scale * devicePixelRatio, shown.mipLevels)
      pyramid?.want(level)
      tiles?.want(level, { x0: -view.offsetX / view.scale, y0: -view.offsetY / view.scale, x1: (size.width - view.offsetX) / view.scale, y1: (size.height - view.offsetY) / view.scale })
    }
    const best = pyramid?.best() ?? null
    picture.visible(best !== null && shownImage !== null)
    if (best !== null && shownImage !== null) {
      picture.image(best)
      picture.size({ width: shownImage.width, height: shownImage.height })
    }
    // For tests and for styling: the picture is there, still coming, or could not be had.
    container.dataset.picture = best !== null ? 'shown' : pyramid?.problem() != null ? 'failed' : 'loading'
    pictureLayer.draw()
  }
  const drawStyles = () => {
    const plane = editor.surface.plane()
    if (plane === null || shown === null) {
      styles = null
      return
    }
    styledDraft = editor.surface.draft()
    const next = overlayStyles(plane, shown, styledDraft, overlayOptions, colours)
    if (styles === null || !sameStyles(styles, next)) overlay.touch('all')
    styles = next
  }
  const partInView = () => {
    if (shownImage === null) return null
    const share = (px: number, offset: number, length: number) => Math.min(1, Math.max(0, (px - offset) / (length * view.scale)))
    const { width, height } = shownImage
    return { x0: share(0, view.offsetX, width), y0: share(0, view.offsetY, height), x1: share(size.width, view.offsetX, width), y1: share(size.height, view.offsetY, height) }
  }
  const drawCursor = () => {
    const plane = editor.surface.plane()
    const x = hovered === null ? -1 : Math.floor(hovered.x)
    const y = hovered === null ? -1 : Math.floor(hovered.y)
    const inside = plane !== null && x >= 0 && y >= 0 && x < plane.width && y < plane.height
    const annotationId = inside ? plane.idOf(plane.labels[y * plane.width + x]) ?? null : null
    const classId = annotationId === null ? null : shown?.annotations.find(({ id }) => id === annotationId)?.classId ?? null
    const before = viewControl.state()
    const same = inside ? before.cursor?.x === x && before.cursor.y === y && before.cursor.annotationId === annotationId && before.cursor.classId === classId : before.cursor === null
    const part = partInView()
    const samePart = part === null ? before.part === null : before.part !== null && part.x0 === before.part.x0 && part.y0 === before.part.y0 && part.x1 === before.part.x1 && part.y1 === before.part.y1
    if (!same || !samePart || before.zoom !== view.scale) viewControl.set({ zoom: view.scale, part: samePart ? before.part : part, cursor: inside ? { x, y, annotationId, classId } : null })
  }

  const draw = () => {
    frame = 0
    if (size.width === 0 || size.height === 0) return
    const now = stale
    stale = { picture: false, styles: false, vectors: false, cursor: false }
    const { devicePixelRatio } = window
    if (now.picture) drawPicture(devicePixelRatio)
    if (now.styles) drawStyles()
    overlay.draw(editor.surface.plane(), styles, view, devicePixelRatio)
    if (now.vectors && shown !== null) {
      vectorLayer.position({ x: view.offsetX, y: view.offsetY })
      vectorLayer.scale({ x: view.scale, y: view.scale })
      ghostShape.show(ghosts, shownImage, colours, view.scale)
      vectors.update(editor.surface.preview(), shown.annotations, shown.selectedId, shown.hidden, colours, view.scale)
      vectorLayer.draw()
    }
    if (now.cursor) drawCursor()
  }

  const resize = () => {
    const before = size
    size = { width: container.clientWidth, height: container.clientHeight }
    for (const stage of [parts.pictureStage, parts.vectorStage]) stage.size(size)
    parts.overlay.style.width = `${size.width}px`
    parts.overlay.style.height = `${size.height}px`
    overlay.resize(Math.max(1, Math.round(size.width * window.devicePixelRatio)), Math.max(1, Math.round(size.height * window.devicePixelRatio)))
    if (fitted || before.width === 0) fit()
    else if (shownImage !== null) moveTo(keepInSight({ ...view, offsetX: view.offsetX + (size.width - before.width) / 2, offsetY: view.offsetY + (size.height - before.height) / 2 }, shownImage, size))
    schedule({ picture: true, vectors: true })
  }

  const observer = new ResizeObserver(resize)
  observer.observe(container)
  // Another screen, or the browser's own zoom: sizes in device px change while the box in CSS px may not.
  let ratioQuery: MediaQueryList | null = null
  const watchRatio = () => {
    ratioQuery?.removeEventListener('change', watchRatio)
    if (ratioQuery !== null) resize()
    ratioQuery = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`)
    ratioQuery.addEventListener('change', watchRatio)
  }
  watchRatio()
  const themeObserver = new MutationObserver(() => {
    colours = readColours(container)
    schedule({ styles: true, vectors: true })
  })
  themeObserver.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })

  const off = [
    editor.subscribe(readState),
    editor.surface.onPixels((changed) => {
      overlay.touch(changed)
      schedule({})
    }),
    // each move of the pointer comes here; of colours it changes those of a stroke's annotation only
    editor.surface.onPreview(() => schedule(editor.surface.draft() === styledDraft ? { vectors: true } : { styles: true, vectors: true })),
    viewControl.attach({
      fit,
      actualSize: () => zoomTo(size.width / 2, size.height / 2, 1),
      centre(x, y) {
        if (shownImage === null) return
        fitted = false
        moveTo(keepInSight({ ...view, offsetX: size.width / 2 - x * shownImage.width * view.scale, offsetY: size.height / 2 - y * shownImage.height * view.scale }, shownImage, size))
      },
      prefetch(images) {
        if (size.width === 0) return
        const urls = images.filter(({ width, height }) => width > 0 && height > 0).map((image) => pictureUrl(image, Math.max(wholeLevel(image.width, image.height), wantedLevel(fitTransform(image, size).scale * window.devicePixelRatio, Infinity)), tones))
        pictureLoader.prefetch(urls)
      },
    }),
    listenToPointer(container, editor, {
      transform: () => view,
      panBy(dx, dy) {
        if (shownImage === null) return
        fitted = false
        moveTo(keepInSight({ ...view, offsetX: view.offsetX + dx, offsetY: view.offsetY + dy }, shownImage, size))
      },
      zoomBy: (x, y, factor) => zoomTo(x, y, view.scale * factor),
      fit,
      hover(place) {
        hovered = place
        schedule({ cursor: true })
      },
      panning(state) { container.dataset.panning = state },
    }),
  ]
  resize()
  readState()

  return {
    setOptions(next) {
      overlayOptions = next
      schedule({ styles: true })
    },
    showGhosts(next) {
      ghosts = next
      schedule({ vectors: true })
    },
    setTones(next) {
      tones = next
      openPicture()
      if (shown !== null && BY_COLOUR.has(shown.tool) && shownImage !== null) readForTools(shownImage, shown.mipLevels)
    },
    close() {
      cancelAnimationFrame(frame)
      for (const end of off) end()
      observer.disconnect()
      themeObserver.disconnect()
      ratioQuery?.removeEventListener('change', watchRatio)
      pyramid?.close()
      tiles?.close()
      viewControl.set({ cursor: null, part: null })
    },
  }
}
