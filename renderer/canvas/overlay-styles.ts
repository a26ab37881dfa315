import type { Annotation, LabelClass } from '../../main/contract/records.ts'
import type { LabelPlane } from '../document/label-plane.ts'
import { isLight, patternOf } from './overlay-patterns.ts'

/** How each slot of the label plane looks; index = slot. Slot 0 (nothing) is transparent. */
export interface OverlayStyles {
  /** u32 RGBA in memory order (little-endian ABGR): inside of the mask */
  readonly fill: Uint32Array
  /** likewise, the outline */
  readonly edge: Uint32Array
  /** likewise, the second px of a THICK outline: the class's colour, since no single colour stands out on every picture */
  readonly inner: Uint32Array
  /** likewise, what a pattern is drawn with */
  readonly mark: Uint32Array
  /** u8, sum of HATCHED, DASHED, THICK, and a pattern (overlay-patterns.ts) times PATTERN */
  readonly flags: Uint8Array
}

/** the inside carries stripes: nobody has named it */
export const HATCHED = 1
/** the outline is dashed: a proposal that nobody has judged */
export const DASHED = 2
/** the outline is two px wide: selected */
export const THICK = 4

/** the inside carries the pattern flags / PATTERN; 0: none */
export const PATTERN = 8

/** Colours of the theme, as '#rrggbb'. */
export interface OverlayColours {
  /** a region without a class */
  readonly unnamed: string
  /** outline of the selected annotation */
  readonly selected: string
}

export interface OverlayOptions {
  /** [0, 1] of the inside */
  readonly opacity: number
  readonly outlineOnly: boolean
  /** each class has a pattern besides its colour */
  readonly patterns: boolean
  /** [0, 1] by annotation: shown instead of the classes */
  readonly heat?: ReadonlyMap<number, number> | null
  /** proposals are not shown: others are, that are only looked at */
  readonly hidePending?: boolean
}

/** share of the opacity that a pending proposal's inside has */
const PENDING_SHARE = 0.6
/** and what the selected one's has */
const SELECTED_SHARE = 1.35

/** and what a pattern has, so that it is seen on the inside whatever the opacity */
const MARK_SHARE = 1.6

/** of the inside while uncertainty is shown: it has to be seen whatever else is chosen */
const HEAT_OPACITY = 0.6
/** from sure to unsure, ever lighter, so that it is also told apart without colour */
const HEAT = [[38, 12, 81], [120, 28, 109], [207, 68, 70], [251, 155, 6], [252, 255, 164]] as const

/** @param heat [0, 1] */
function heatColour(heat: number): string {
  const at = Math.min(1, Math.max(0, heat)) * (HEAT.length - 1)
  const from = Math.min(HEAT.length - 2, Math.floor(at))
  return `#${HEAT[from].map((low, c) => Math.round(low + (at - from) * (HEAT[from + 1][c] - low)).toString(16).padStart(2, '0')).join('')}`
}

/** '#rrggbb' and an opacity [0, 1] as one u32. */
export function packColour(colour: string, opacity: number): number {
  const rgb = Number.parseInt(colour.slice(1), 16)
  const alpha = Math.round(Math.min(1, Math.max(0, opacity)) * 255)
  return ((alpha << 24) | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >>> 16)) >>> 0
}

/**
 * @param draft the annotation of a stroke in progress, which may not be among the annotations yet
 * O(annotations + slots).
 */
export function overlayStyles(
  plane: LabelPlane,
  document: { readonly annotations: readonly Annotation[]; readonly classes: readonly LabelClass[]; readonly selectedId: number | null; readonly alsoSelected: readonly number[] },
  draft: { readonly id: number; readonly classId: number | null } | null,
  options: OverlayOptions,
  colours: OverlayColours,
): OverlayStyles {
  const count = plane.slotCount()
  const styles: OverlayStyles = { fill: new Uint32Array(count), edge: new Uint32Array(count), inner: new Uint32Array(count), mark: new Uint32Array(count), flags: new Uint8Array(count) }
  const colourOf = new Map(document.classes.map(({ id, colour }) => [id, colour]))
  const placeOf = new Map(document.classes.map(({ id }, place) => [id, place]))
  const set = (id: number, classId: number | null, pending: boolean, selected: boolean) => {
    const slot = plane.slotOf(id)
    if (slot === 0) return
    if (pending && options.hidePending === true) return
    if (options.heat !== null && options.heat !== undefined) {
      const heat = options.heat.get(id)
      const colour = heatColour(heat ?? 0)
      styles.fill[slot] = heat === undefined ? 0 : packColour(colour, HEAT_OPACITY)
      styles.edge[slot] = heat === undefined && !selected ? 0 : packColour(selected ? colours.selected : colour, 1)
      styles.inner[slot] = styles.edge[slot]
      styles.flags[slot] = selected ? THICK : 0
      return
    }
    const named = classId === null ? undefined : colourOf.get(classId)
    const colour = named ?? colours.unnamed
    const share = selected ? SELECTED_SHARE : pending ? PENDING_SHARE : 1
    const pattern = options.patterns && !options.outlineOnly && named !== undefined && classId !== null ? patternOf(placeOf.get(classId) ?? 0) : 0
    styles.mark[slot] = packColour(isLight(colour) ? '#000000' : '#ffffff', Math.min(1, options.opacity * MARK_SHARE))
    styles.fill[slot] = options.outlineOnly ? 0 : packColour(colour, Math.min(1, options.opacity * share))
    styles.edge[slot] = packColour(selected ? colours.selected : colour, 1)
    styles.inner[slot] = packColour(colour, 1)
    styles.flags[slot] = (named === undefined && !options.outlineOnly ? HATCHED : 0) | (pending ? DASHED : 0) | (selected ? THICK : 0) | (pattern * PATTERN)
  }
  const also = new Set(document.alsoSelected)
  for (const { id, classId, state } of document.annotations) set(id, classId, state === 'pending', id === document.selectedId || also.has(id))
  if (draft !== null) set(draft.id, draft.classId, false, true)
  return styles
}

/** Whether every slot that both have looks the same, so that nothing that is drawn has to be drawn again. */
export function sameStyles(a: OverlayStyles, b: OverlayStyles): boolean {
  const count = Math.min(a.fill.length, b.fill.length)
  for (let slot = 0; slot < count; slot++) if (a.fill[slot] !== b.fill[slot] || a.edge[slot] !== b.edge[slot] || a.inner[slot] !== b.inner[slot] || a.mark[slot] !== b.mark[slot] || a.flags[slot] !== b.flags[slot]) return false
  return true
}
