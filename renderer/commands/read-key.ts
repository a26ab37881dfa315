import { pressedKey, type KeyPress } from './keymap.ts'

/** What a key press means while a person is asked for a new key. */
export type ReadKey =
  /** a modifier alone: the key is still to come */
  | { readonly kind: 'waits' }
  /** Esc: leave it as it is */
  | { readonly kind: 'givesUp' }
  /** 'space' moves the picture, 'foreign' is a modifier of the operating system */
  | { readonly kind: 'refused', readonly why: 'space' | 'foreign' | 'unknown' }
  | { readonly kind: 'key', readonly key: string }

const MODIFIER = /^(Control|Shift|Alt|Meta|OS)(Left|Right)?$|^(AltGraph|CapsLock|Fn|NumLock)$/

/** Reads a press as a key to be given to a command. */
export function readKey(press: KeyPress, mac: boolean): ReadKey {
  if (MODIFIER.test(press.code) || MODIFIER.test(press.key)) return { kind: 'waits' }
  if (press.code === 'Escape') return { kind: 'givesUp' }
  if (press.code === 'Space') return { kind: 'refused', why: 'space' }
  const key = pressedKey(press, mac)
  if (key === null) return { kind: 'refused', why: 'foreign' }
  return press.code === '' ? { kind: 'refused', why: 'unknown' } : { kind: 'key', key }
}
