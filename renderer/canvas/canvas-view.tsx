import type Konva from 'konva'
import { useEffect, useId, useRef } from 'react'
import { Image as KonvaImage, Layer, Stage } from 'react-konva'
import type { Tones } from '../../main/contract/pictures.ts'
import type { Editor } from '../document/editor-state.ts'
import { type CanvasController, createCanvasController } from './canvas-controller.ts'
import { AS_IT_IS, isAsItIs, toneCurve, type PictureFilter } from './picture-filter.ts'
import type { Ghosts } from './ghost-shape.ts'
import { viewControl } from './view-control.ts'
import './canvas-view.css'

export interface CanvasViewProps {
  readonly editor: Editor
  /** [0, 1] of the masks' inside */
  readonly overlayOpacity: number
  readonly outlineOnly: boolean
  /** each class has a pattern besides its colour */
  readonly patterns?: boolean
  /** brightness, contrast and gamma of the picture */
  readonly filter?: PictureFilter
  /** how pictures of 16 bits are shown */
  readonly tones?: Tones
  /** [0, 1] by annotation: how unsure the assistant is, shown instead of the classes */
  readonly heat?: ReadonlyMap<number, number> | null
  /** masks that are only shown, in place of the proposals there are */
  readonly ghosts?: Ghosts | null
  /** what a screen reader calls the picture */
  readonly label?: string
}

/**
 * The picture with its masks and the tool in hand; fills its parent. React only mounts the layers: everything that
 * changes with a pointer event goes past it (canvas-controller.ts).
 */
export function CanvasView({ editor, overlayOpacity, outlineOnly, patterns = false, heat = null, ghosts = null, filter = AS_IT_IS, tones = 'auto', label }: CanvasViewProps) {
  const container = useRef<HTMLDivElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const pictureStage = useRef<Konva.Stage>(null)
  const pictureLayer = useRef<Konva.Layer>(null)
  const picture = useRef<Konva.Image>(null)
  const vectorStage = useRef<Konva.Stage>(null)
  const vectorLayer = useRef<Konva.Layer>(null)
  const controller = useRef<CanvasController>(null)
  const startTones = useRef(tones)
  const curve = useId()
  const options = useRef({ opacity: overlayOpacity, outlineOnly, patterns, heat, hidePending: ghosts !== null })

  useEffect(() => {
    const parts = { container: container.current, overlay: overlay.current, pictureStage: pictureStage.current, pictureLayer: pictureLayer.current, picture: picture.current, vectorStage: vectorStage.current, vectorLayer: vectorLayer.current }
    if (!isMounted(parts)) return undefined
    const made = createCanvasController(parts, editor, viewControl, options.current, startTones.current)
    controller.current = made
    return () => {
      controller.current = null
      made.close()
    }
  }, [editor])
  useEffect(() => {
    options.current = { opacity: overlayOpacity, outlineOnly, patterns, heat, hidePending: ghosts !== null }
    controller.current?.setOptions(options.current)
  }, [overlayOpacity, outlineOnly, patterns, heat, ghosts])

  useEffect(() => controller.current?.showGhosts(ghosts), [ghosts])
  useEffect(() => {
    if (startTones.current === tones) return
    startTones.current = tones
    controller.current?.setTones(tones)
  }, [tones])
  useEffect(() => {
    // the stage's own element, which Konva makes: the masks over it keep their colours
    pictureStage.current?.content.style.setProperty('filter', isAsItIs(filter) ? '' : `url("#${CSS.escape(curve)}")`)
  }, [filter, curve])

  return (
    <div ref={container} className="canvas-view" role="img" aria-label={label} data-testid="canvas">
      {isAsItIs(filter) ? null : <ToneCurve id={curve} filter={filter} />}
      <Stage ref={pictureStage} className="canvas-layer" listening={false}>
        <Layer ref={pictureLayer} listening={false}>
          <KonvaImage ref={picture} image={undefined} listening={false} perfectDrawEnabled={false} />
        </Layer>
      </Stage>
      <canvas ref={overlay} className="canvas-layer" aria-hidden />
      <Stage ref={vectorStage} className="canvas-layer" listening={false}>
        <Layer ref={vectorLayer} listening={false} />
      </Stage>
    </div>
  )
}

function ToneCurve({ id, filter }: { readonly id: string; readonly filter: PictureFilter }) {
  const values = toneCurve(filter).map((value) => value.toFixed(4)).join(' ')
  return (
    <svg className="canvas-filter" aria-hidden>
      <filter id={id} colorInterpolationFilters="sRGB">
        <feComponentTransfer>
          <feFuncR type="table" tableValues={values} />
          <feFuncG type="table" tableValues={values} />
          <feFuncB type="table" tableValues={values} />
        </feComponentTransfer>
      </filter>
    </svg>
  )
}

function isMounted<P extends Record<string, object | null>>(parts: P): parts is { [K in keyof P]: NonNullable<P[K]> } & P {
  return Object.values(parts).every((part) => part !== null)
}
