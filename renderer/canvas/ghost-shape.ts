import Konva from 'konva'
import type { Mask } from '../../main/masks/mask.ts'
import { ringsOf } from '../tools/mask-rings.ts'

/** A mask that is only shown. */
export interface Ghost {
  readonly mask: Mask
  /** '#rrggbb'; null: it has no class */
  readonly colour: string | null
}

/** What would be there with other settings; two of them parted by an upright line. */
export interface Ghosts {
  /** left of the line; null: there is no line */
  readonly held: readonly Ghost[] | null
  readonly now: readonly Ghost[]
  /** place of the line, [0, 1] of the image's width */
  readonly split: number
}

export interface GhostColours { readonly line: string; readonly lineEdge: string; readonly unnamed: string }

export interface GhostShape {
  show(ghosts: Ghosts | null, image: { readonly width: number; readonly height: number } | null, colours: GhostColours, scale: number): void
}

/** [0, 1] of a ghost's inside; CSS px of its outline and of the darker one under it */
const FILL = 0.38, LINE = 1.5, HALO = 3.5

/** @param layer scaled and moved with the view; the shape lies behind what is there already when it is made first */
export function createGhostShape(layer: Konva.Layer): GhostShape {
  let shown: Parameters<GhostShape['show']> | null = null
  const node = new Konva.Shape({
    listening: false,
    visible: false,
    sceneFunc(context) {
      if (shown === null) return
      const [ghosts, image, colours, scale] = shown
      if (ghosts === null || image === null) return
      const draw = context._context
      const line = ghosts.split * image.width
      const side = (masks: readonly Ghost[], from: number, to: number) => {
        draw.save()
        draw.beginPath()
        draw.rect(from, 0, to - from, image.height)
        draw.clip()
        for (const { mask, colour } of masks) {
          draw.beginPath()
          for (const ring of ringsOf(mask)) {
            for (let i = 0; i < ring.length; i += 2) draw[i === 0 ? 'moveTo' : 'lineTo'](ring[i], ring[i + 1])
            draw.closePath()
          }
          draw.fillStyle = draw.strokeStyle = colour ?? colours.unnamed
          draw.globalAlpha = colour === null ? FILL / 2 : FILL
          draw.fill('evenodd')
          draw.globalAlpha = 1
          const fill = draw.strokeStyle
          for (const [width, stroke] of [[HALO, colours.lineEdge], [LINE, fill]] as const) {
            draw.lineWidth = width / scale
            draw.strokeStyle = stroke
            draw.stroke()
          }
        }
        draw.restore()
      }
      side(ghosts.now, ghosts.held === null ? 0 : line, image.width)
      if (ghosts.held === null) return
      side(ghosts.held, 0, line)
      for (const [width, colour] of [[4, colours.lineEdge], [2, colours.line]] as const) {
        draw.lineWidth = width / scale
        draw.strokeStyle = colour
        draw.beginPath()
        draw.moveTo(line, 0)
        draw.lineTo(line, image.height)
        draw.stroke()
      }
    },
  })
  layer.add(node)
  return {
    show(...next) {
      shown = next
      node.visible(next[0] !== null && next[1] !== null)
    },
  }
}
