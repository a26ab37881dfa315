import type { Client } from '../../../main/contract/client.ts'
import type { Editor } from '../../document/editor-state.ts'
import { createStore, type Store } from './store.ts'

/** How unsure the assistant is of each proposal of the open image; null while it is not shown. */
export interface HeatState {
  readonly on: boolean
  /** [0, 1] by annotation */
  readonly uncertainty: ReadonlyMap<number, number> | null
}

export interface Heat extends Pick<Store<HeatState>, 'state' | 'subscribe'> {
  show(on: boolean): void
}

/** Asks anew when another image comes on screen, or its annotations change; a late answer is dropped. @param failed is told why it could not be had */
export function createHeat(client: Pick<Client, 'call'>, editor: Pick<Editor, 'state' | 'subscribe'>, failed: (error: unknown) => void): Heat {
  const store = createStore<HeatState>({ on: false, uncertainty: null })
  let asked = 0
  let of: unknown
  const ask = async () => {
    const { image, annotations } = editor.state()
    of = annotations
    const mine = ++asked
    if (image === null || !annotations.some(({ state }) => state === 'pending')) return store.set({ uncertainty: new Map() })
    try {
      const { proposals } = await client.call('prelabel.sureness', { imageId: image.id })
      if (mine === asked && store.state().on) store.set({ uncertainty: new Map(proposals.map(({ id, uncertainty }) => [id, uncertainty])) })
    } catch (error) {
      if (mine !== asked) return
      store.set({ on: false, uncertainty: null })
      failed(error)
    }
  }
  editor.subscribe(() => {
    const { annotations, loading } = editor.state()
    if (store.state().on && !loading && annotations !== of) void ask()
  })
  return {
    state: store.state,
    subscribe: store.subscribe,
    show(on) {
      asked++
      store.set({ on, uncertainty: null })
      if (on) void ask()
    },
  }
}
