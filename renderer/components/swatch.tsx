import './swatch.css'

/** A class's colour; null is a region without a class: hatched, not just grey. */
export function Swatch({ colour }: { readonly colour: string | null }) {
  return <span aria-hidden className={colour === null ? 'swatch swatch-none' : 'swatch'} style={colour === null ? {} : { backgroundColor: colour }} />
}
