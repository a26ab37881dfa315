import { useSyncExternalStore } from 'react'
import type { Readable } from './store.ts'

/** One part of a store; the view renders again only when that part changes its identity, so `part` must not build new objects. */
export function usePart<T, P>(store: Readable<T>, part: (state: T) => P): P {
  return useSyncExternalStore(store.subscribe, () => part(store.state()))
}
