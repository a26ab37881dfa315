import type { Client } from '../../../main/contract/client.ts'
import type { MethodName } from '../../../main/contract/methods.ts'
import type { OutputOf } from '../../../main/contract/procedures.ts'
import type { Settings } from '../../../main/contract/settings.ts'
import type { Editor } from '../../document/editor-state.ts'
import { usableSettings } from './setting-options.ts'
import { createStore, type Store } from './store.ts'

type Preview = OutputOf<'prelabel.preview'>
export type RunnableMethod = OutputOf<'prelabel.methods'>['methods'][number]

export interface LiveState {
  readonly open: boolean
  readonly methods: readonly RunnableMethod[]
  readonly pack: string
  readonly method: MethodName
  /** those that differ from the default */
  readonly settings: Partial<Settings>
  /** of the open image; null until the first answer */
  readonly preview: Preview | null
  readonly waiting: boolean
  /** what the left side of the comparison keeps */
  readonly held: { readonly pack: string; readonly method: MethodName; readonly settings: Partial<Settings>; readonly proposals: Preview['proposals'] } | null
  /** place of the line between the two, [0, 1] */
  readonly split: number
}

/** Settings tried on the open image: what they would propose is shown, and nothing is stored. */
export interface LiveSettings extends Pick<Store<LiveState>, 'state' | 'subscribe'> {
  show(open: boolean): void
  choose(pack: string, method: MethodName): void
  set<N extends keyof Settings>(name: N, value: Settings[N]): void
  /** Keeps what is shown now as the left side of a comparison; null: ends it. */
  compare(on: boolean): void
  setSplit(split: number): void
  /** what a proposal or a job is asked with */
  request(): { pack: string; method: MethodName; settings: Partial<Settings> }
}

/** One question travels at a time, and of those that wait only the newest. @param failed is told why there is no answer */
export function createLiveSettings(client: Pick<Client, 'call'>, editor: Pick<Editor, 'state' | 'subscribe'>, failed: (error: unknown) => void): LiveSettings {
  const store = createStore<LiveState>({ open: false, methods: [], pack: 'classic', method: 'regions', settings: {}, preview: null, waiting: false, held: null, split: 0.5 })
  let asking = false
  let wanted = false
  let imageId: number | undefined
  const request = (): ReturnType<LiveSettings['request']> => {
    const { pack, method, settings } = store.state()
    return { pack, method, settings }
  }
  const ask = async (): Promise<void> => {
    wanted = true
    if (asking) return
    asking = true
    store.set({ waiting: true })
    while (wanted && store.state().open) {
      wanted = false
      const image = editor.state().image
      if (image === null) break
      try {
        const preview = await client.call('prelabel.preview', { imageId: image.id, ...request() })
        // of another picture, or of settings that have changed since: the next answer is on its way
        if (editor.state().image?.id === image.id && store.state().open) store.set({ preview })
      } catch (error) {
        store.set({ preview: null })
        if (!wanted) failed(error)
      }
    }
    asking = false
    store.set({ waiting: false })
  }
  editor.subscribe(() => {
    const { image, loading } = editor.state()
    if (loading || image?.id === imageId) return
    imageId = image?.id
    if (!store.state().open) return
    store.set({ preview: null, held: null })
    void ask()
  })
  return {
    state: store.state,
    subscribe: store.subscribe,
    request,
    show(open) {
      imageId = editor.state().image?.id
      store.set(open ? { open } : { open, preview: null, held: null })
      if (!open) return
      void ask()
      client.call('prelabel.methods', {}).then(({ methods }) => store.set({ methods }), failed)
    },
    choose(pack, method) {
      store.set({ pack, method, settings: usableSettings(store.state().settings, pack, method) })
      void ask()
    },
    set(name, value) {
      store.set({ settings: { ...store.state().settings, [name]: value } })
      void ask()
    },
    compare(on) {
      const { preview } = store.state()
      store.set({ held: on && preview !== null ? { ...request(), proposals: preview.proposals } : null })
    },
    setSplit: (split) => store.set({ split }),
  }
}
