/** A value that views can watch: fit for useSyncExternalStore. */
export interface Store<T> {
  readonly state: () => T
  /** Takes over the parts given; nobody is called when none of them differs. */
  readonly set: (patch: Partial<T>) => void
  readonly subscribe: (listener: () => void) => () => void
}

/** What a view needs of a store that it only reads; the editor and the view control are such. */
export type Readable<T> = Pick<Store<T>, 'state' | 'subscribe'>

export function createStore<T extends object>(start: T): Store<T> {
  let state = start
  const listeners = new Set<() => void>()
  return {
    state: () => state,
    set(patch) {
      if ((Object.keys(patch) as (keyof T)[]).every((key) => Object.is(state[key], patch[key]))) return
      state = { ...state, ...patch }
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
  }
}
