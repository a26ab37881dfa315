import { chosenKeys, readKeyChoice, type KeyChoice } from '../../commands/key-choice.ts'
import { buildKeymap, type Keymap, type KeyTable } from '../../commands/keymap.ts'
import { createStore, type Readable } from './store.ts'

export interface KeyState {
  readonly choice: KeyChoice
  /** every command with its keys as they are now */
  readonly table: Required<KeyTable>
  readonly keymap: Keymap
}

/** A person's keys, remembered on this machine. */
export interface KeyStore extends Readable<KeyState> {
  choose(choice: KeyChoice): void
  /** Ctrl is nothing of ours there, Mod is ⌘ */
  readonly mac: boolean
}

const STORED = 'maskwright.keys'

const stateOf = (choice: KeyChoice): KeyState => {
  const table = chosenKeys(choice)
  return { choice, table, keymap: buildKeymap(table) }
}

export function createKeyStore(storage: Pick<Storage, 'getItem' | 'setItem'> | null, mac: boolean): KeyStore {
  const store = createStore(stateOf(readKeyChoice(storage?.getItem(STORED))))
  return {
    state: store.state,
    subscribe: store.subscribe,
    mac,
    choose(choice) {
      storage?.setItem(STORED, JSON.stringify(choice))
      store.set(stateOf(choice))
    },
  }
}
