import Konva from 'konva'
import type { Annotation } from '../../main/contract/records.ts'
import type { ToolPreview } from '../tools/tool-preview.ts'
import type { CanvasColours } from './canvas-colours.ts'

/** What lies in front of picture and masks: the tool's outline, the box of the selected annotation, boxes without a mask. */
export interface VectorLayer {
  update(preview: ToolPreview, annotations: readonly Annotation[], selectedId: number | null, hidden: ReadonlySet<number>, colours: CanvasColours, scale: number): void
}

/** CSS px */
const LINE = 1.5
const HALO = 3.5
const VERTEX = 3.5
const MARK = 4.5
const DASH = [5, 4]
/** CSS px between a mask and the box around it */
const BOX_GAP = 4
/** more vertices than this are drawn as a line only: a freehand line has hundreds */
const VERTICES_SHOWN = 100
/** [0, 1] of the inside of what is previewed; none while corners are dragged */
const SHAPE_FILL = 0.25

/** @param layer scaled and moved with the view; strokes keep their width in CSS px */
export function createVectorLayer(layer: Konva.Layer): VectorLayer {
  const line = (width: number) => new Konva.Line({ strokeScaleEnabled: false, strokeWidth: width, listening: false, lineJoin: 'round', lineCap: 'round' })
  const pathHalo = line(HALO)
  const path = line(LINE)
  const vertices = new Konva.Group({ listening: false })
  const ringHalo = new Konva.Circle({ radius: 1, strokeScaleEnabled: false, strokeWidth: HALO, listening: false })
  const ring = new Konva.Circle({ radius: 1, strokeScaleEnabled: false, strokeWidth: LINE, listening: false })
  const marks = new Konva.Group({ listening: false })
  let marksOf: ToolPreview['marks'] = []
  let marksScale = 0
  const boxes = new Konva.Group({ listening: false })
  const box = new Konva.Rect({ strokeScaleEnabled: false, strokeWidth: LINE, listening: false, dash: DASH })
  let shape: ToolPreview['shape'] = null
  let shapeColours: CanvasColours | null = null
  let shapeScale = 1
  // One node for all rings: a mask's outline may have thousands.
  const shapeNode = new Konva.Shape({
    listening: false,
    sceneFunc(context) {
      if (shape === null || shapeColours === null) return
      const draw = context._context
      draw.beginPath()
      for (const ring of shape.rings) {
        for (let i = 0; i < ring.length; i += 2) draw[i === 0 ? 'moveTo' : 'lineTo'](ring[i], ring[i + 1])
        draw.closePath()
      }
      draw.fillStyle = shapeColours.accent
      draw.globalAlpha = shape.handles ? 0 : SHAPE_FILL
      draw.fill('evenodd')
      draw.globalAlpha = 1
      for (const [width, colour] of [[HALO, shapeColours.lineEdge], [LINE, shapeColours.line]] as const) {
        draw.lineWidth = width / shapeScale
        draw.strokeStyle = colour
        draw.stroke()
      }
      if (!shape.handles) return
      const side = 2 * VERTEX / shapeScale
      draw.fillStyle = shapeColours.line
      draw.strokeStyle = shapeColours.lineEdge
      draw.lineWidth = 1 / shapeScale
      for (const ring of shape.rings) {
        for (let i = 0; i < ring.length; i += 2) {
          draw.fillRect(ring[i] - side / 2, ring[i + 1] - side / 2, side, side)
          draw.strokeRect(ring[i] - side / 2, ring[i + 1] - side / 2, side, side)
        }
      }
    },
  })
  layer.add(boxes, box, shapeNode, pathHalo, path, vertices, marks, ringHalo, ring)
  let boxesOf: readonly Annotation[] | null = null
  let boxesHidden: ReadonlySet<number> | null = null

  const showBoxes = (annotations: readonly Annotation[], hidden: ReadonlySet<number>, colours: CanvasColours) => {
    if (boxesOf === annotations && boxesHidden === hidden) return
    boxesOf = annotations
    boxesHidden = hidden
    boxes.destroyChildren()
    for (const { id, boxOnly, state } of annotations) {
      if (boxOnly === null || state === 'rejected' || hidden.has(id)) continue
      const [x, y, width, height] = boxOnly
      boxes.add(new Konva.Rect({ x, y, width, height, strokeScaleEnabled: false, strokeWidth: LINE, stroke: colours.unnamed, listening: false }))
    }
  }

  return {
    update(preview, annotations, selectedId, hidden, colours, scale) {
      showBoxes(annotations, hidden, colours)

      const selected = annotations.find(({ id }) => id === selectedId)
      const extent = selected === undefined ? null : selected.boxOnly ?? (selected.mask.width === 0 ? null : [selected.mask.x, selected.mask.y, selected.mask.width, selected.mask.height] as const)
      box.visible(extent !== null && !(selected !== undefined && hidden.has(selected.id)))
      if (extent !== null) {
        const gap = BOX_GAP / scale
        box.setAttrs({ x: extent[0] - gap, y: extent[1] - gap, width: extent[2] + 2 * gap, height: extent[3] + 2 * gap, stroke: colours.accent })
      }

      const drawn = preview.path
      for (const node of [path, pathHalo]) {
        node.visible(drawn !== null)
        if (drawn === null) continue
        const pointer = drawn.closes ? drawn.points.slice(0, 2) : drawn.pointer ?? []
        node.points([...drawn.points, ...pointer])
        node.stroke(node === path ? colours.line : colours.lineEdge)
      }
      vertices.destroyChildren()
      if (drawn !== null) {
        const every = drawn.points.length / 2 <= VERTICES_SHOWN ? drawn.points.length / 2 : 1
        for (let i = 0; i < every; i++) {
          vertices.add(new Konva.Circle({
            x: drawn.points[2 * i], y: drawn.points[2 * i + 1], radius: (i === 0 && drawn.closes ? 2 * VERTEX : VERTEX) / scale,
            fill: i === 0 && drawn.closes ? colours.accent : colours.line, stroke: colours.lineEdge, strokeWidth: 1, strokeScaleEnabled: false, listening: false,
          }))
        }
      }

      shape = preview.shape
      shapeColours = colours
      shapeScale = scale
      shapeNode.visible(shape !== null)

      if (preview.marks !== marksOf || scale !== marksScale) {
        marksOf = preview.marks
        marksScale = scale
        marks.destroyChildren()
        for (const { x, y, include } of preview.marks) {
          // filled: include; a ring: exclude
          marks.add(new Konva.Circle({ x, y, radius: MARK / scale, fill: include ? colours.accent : colours.line, stroke: include ? colours.line : colours.bad, strokeWidth: include ? LINE : HALO, strokeScaleEnabled: false, listening: false }))
        }
      }

      const round = preview.ring
      for (const node of [ring, ringHalo]) {
        node.visible(round !== null)
        if (round === null) continue
        node.position({ x: round.x, y: round.y })
        node.radius(round.radiusPx)
        node.stroke(node === ringHalo ? colours.lineEdge : round.erases ? colours.bad : colours.line)
      }
    },
  }
}
