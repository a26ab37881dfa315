import './key-cap.css'

/** A key as it is printed on the keyboard. */
export function KeyCap({ name }: { readonly name: string }) {
  return <kbd className="key-cap">{name}</kbd>
}
