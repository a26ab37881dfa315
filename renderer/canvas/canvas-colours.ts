import type { OverlayColours } from './overlay-styles.ts'

/** The theme's colours that are drawn and not styled: those of the overlay '#rrggbb', the others any CSS colour (Konva draws them). */
export interface CanvasColours extends OverlayColours {
  /** light and dark line of everything that has to be seen on any picture */
  readonly line: string
  readonly lineEdge: string
  readonly accent: string
  readonly bad: string
}

/** Reads the custom properties as they are in force on an element. */
export function readColours(element: Element): CanvasColours {
  const style = getComputedStyle(element)
  const value = (name: string) => style.getPropertyValue(name).trim()
  const context = document.createElement('canvas').getContext('2d')
  // A bundler may have shortened '#ffffff' to '#fff' or 'white'; a canvas gives any opaque colour back as '#rrggbb'.
  const opaque = (name: string) => {
    if (context === null) return value(name)
    context.fillStyle = value(name)
    return context.fillStyle
  }
  return {
    unnamed: opaque('--overlay-unnamed'),
    selected: opaque('--overlay-selected'),
    line: value('--text-on-picture'),
    lineEdge: value('--ground-on-picture'),
    accent: value('--accent'),
    bad: value('--bad'),
  }
}
