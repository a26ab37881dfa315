import type { Density } from '../state/layout-choices.ts'

/** Heights of list rows that only those in view are made of, CSS px: --row-height and --row-height-wide of theme/tokens.css. */
export const ROW_PX: Readonly<Record<Density, { readonly row: number; readonly wide: number }>> = {
  comfortable: { row: 34, wide: 36 },
  compact: { row: 28, wide: 30 },
}
