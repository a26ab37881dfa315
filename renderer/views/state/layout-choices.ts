import { createStore, type Store } from './store.ts'

export const DENSITIES = ['comfortable', 'compact'] as const
export type Density = (typeof DENSITIES)[number]

/** Panels whose size a person may change, with its range, CSS px. */
export const PANEL_PX = {
  left: { min: 160, max: 480 },
  right: { min: 220, max: 640 },
  strip: { min: 104, max: 200 },
} as const satisfies Record<string, { readonly min: number; readonly max: number }>
export type PanelName = keyof typeof PANEL_PX

/** How this person arranges the window; remembered on this machine, no part of the project. */
export interface LayoutChoices {
  readonly density: Density
  /** classes have patterns besides their colours */
  readonly patterns: boolean
  /** CSS px; null: as the design has it */
  readonly panels: Readonly<Record<PanelName, number | null>>
  /** the tour has been gone through or sent away */
  readonly tourSeen: boolean
}

const KEY = 'maskwright.layout'
const START: LayoutChoices = { density: 'comfortable', patterns: false, panels: { left: null, right: null, strip: null }, tourSeen: false }

/** A panel's size inside its range, whole CSS px. */
export const clampPanel = (panel: PanelName, px: number): number => Math.round(Math.min(PANEL_PX[panel].max, Math.max(PANEL_PX[panel].min, px)))

const read = (text: string | null | undefined): LayoutChoices => {
  try {
    const value = JSON.parse(text ?? '') as { density?: unknown; patterns?: unknown; panels?: Partial<Record<PanelName, unknown>> | null; tourSeen?: unknown }
    const size = (panel: PanelName) => {
      const px = value.panels?.[panel]
      return typeof px === 'number' && Number.isFinite(px) ? clampPanel(panel, px) : null
    }
    return {
      density: DENSITIES.find((id) => id === value.density) ?? START.density,
      patterns: value.patterns === true,
      panels: { left: size('left'), right: size('right'), strip: size('strip') },
      tourSeen: value.tourSeen === true,
    }
  } catch {
    return START
  }
}

/** @param root gets `data-density`, which the design tokens go by */
export function createLayoutChoices(storage: Pick<Storage, 'getItem' | 'setItem'> | null, root: Pick<HTMLElement, 'dataset'>): Store<LayoutChoices> {
  const store = createStore(read(storage?.getItem(KEY)))
  const show = () => { root.dataset['density'] = store.state().density }
  show()
  store.subscribe(() => {
    show()
    storage?.setItem(KEY, JSON.stringify(store.state()))
  })
  return store
}
