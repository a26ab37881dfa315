/** 'system' follows the operating system, also while the page is open. */
export type ThemeChoice = 'system' | 'dark' | 'light'

export interface ThemeStore {
  readonly choice: () => ThemeChoice
  readonly set: (choice: ThemeChoice) => void
  readonly subscribe: (listener: () => void) => () => void
}

const KEY = 'maskwright.theme'
const isChoice = (value: unknown): value is ThemeChoice => value === 'system' || value === 'dark' || value === 'light'

/** Sets `data-theme` on the root element and remembers the choice; storage that is refused costs only the memory of it. */
export function createThemeStore(root: HTMLElement, storage: Pick<Storage, 'getItem' | 'setItem'> | null, systemDark: MediaQueryList): ThemeStore {
  const listeners = new Set<() => void>()
  let choice: ThemeChoice = 'system'
  try {
    const stored = storage?.getItem(KEY)
    if (isChoice(stored)) choice = stored
  } catch {
    // a browser that refuses storage: the system's theme
  }
  const show = () => { root.dataset['theme'] = choice === 'system' ? (systemDark.matches ? 'dark' : 'light') : choice }
  systemDark.addEventListener('change', show)
  show()
  return {
    choice: () => choice,
    set(next) {
      choice = next
      try {
        storage?.setItem(KEY, next)
      } catch {
        // not remembered, still shown
      }
      show()
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
