import './swatch.css'

/** A class's colour, and its pattern (canvas/overlay-patterns.ts) where one is given; null is a region without a class: hatched, not just grey. */
export function Swatch({ colour, pattern = 0 }: { readonly colour: string | null; readonly pattern?: number }) {
  return <span aria-hidden className={colour === null ? 'swatch swatch-none' : 'swatch'} data-pattern={pattern} style={colour === null ? {} : { backgroundColor: colour }} />
}
