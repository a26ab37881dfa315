import type { Client } from '../../../main/contract/client.ts'
import { type MethodName, METHODS, settingsOf } from '../../../main/contract/methods.ts'
import type { OutputOf } from '../../../main/contract/procedures.ts'
import { DEFAULT_SETTINGS, type SettingName, type Settings, SettingsSchema } from '../../../main/contract/settings.ts'
import type { Editor, EditorState } from '../../document/editor-state.ts'
import { type ChosenPack, usableSettings } from './setting-options.ts'
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
  /** what the preview was asked with: the settings may have changed since */
  readonly previewOf: Asked | null
  readonly waiting: boolean
  /** what the left side of the comparison keeps */
  readonly held: { readonly pack: string; readonly method: MethodName; readonly settings: Partial<Settings>; readonly proposals: Preview['proposals'] } | null
  /** place of the line between the two, [0, 1] */
  readonly split: number
}

/** What proposals are made with. */
type Asked = Pick<LiveState, 'pack' | 'method' | 'settings'>

/** Settings tried on the open image: what they would propose is shown, and nothing is stored. */
export interface LiveSettings extends Pick<Store<LiveState>, 'state' | 'subscribe'> {
  /** Begins with what the image's proposals were made with, else with the project's last job, else as it was left. */
  show(open: boolean): void
  /** @param settings  those of before, as far as the method takes them, unless told */
  choose(pack: string, method: MethodName, settings?: Partial<Settings>): void
  set<N extends keyof Settings>(name: N, value: Settings[N]): void
  /** Keeps what is shown now as the left side of a comparison; null: ends it. */
  compare(on: boolean): void
  setSplit(split: number): void
  /** what a proposal or a job is asked with */
  request(): Asked
}

/**
 * What a method's proposals on the image record of how they were made, the foremost one's; those still to be judged go first. A setting
 * that it does not record came later, and stood at the table's default then, whatever its pack has now.
 */
function madeWith(annotations: EditorState['annotations']): { readonly pack: string; readonly method: string; readonly settings: Readonly<Record<string, unknown>> } | null {
  const made = annotations.filter(({ provenance: { source, pack, method } }) => source === 'method' && pack !== undefined && method !== undefined)
  const { pack, method, settings = {} } = (made.findLast(({ state }) => state === 'pending') ?? made.at(-1))?.provenance ?? {}
  return pack === undefined || method === undefined || !Object.hasOwn(METHODS, method) ? null : { pack, method, settings: { ...settingsOf(method as MethodName, DEFAULT_SETTINGS), ...settings } }
}

/** Those that are settings of today with a value of today, and not what the pack has by default. */
const unlikeDefault = (settings: Readonly<Record<string, unknown>>, own: Partial<Settings>): Partial<Settings> =>
  Object.fromEntries(Object.entries(settings).filter(([name, value]) => SettingsSchema.safeParse({ [name]: value }).success && value !== { ...DEFAULT_SETTINGS, ...own }[name as SettingName]))

/** One question travels at a time, and of those that wait only the newest. @param failed is told why there is no answer */
export function createLiveSettings(client: Pick<Client, 'call'>, editor: Pick<Editor, 'state' | 'subscribe'>, failed: (error: unknown) => void): LiveSettings {
  const store = createStore<LiveState>({ open: false, methods: [], pack: 'classic', method: 'regions', settings: {}, preview: null, previewOf: null, waiting: false, held: null, split: 0.5 })
  let asking = false
  let wanted = false
  /** since it was opened: what a person has chosen is not begun with anything else */
  let chosen = false
  let imageId: number | undefined
  const request = (): Asked => {
    const { pack, method, settings } = store.state()
    return { pack, method, settings }
  }
  const packOf = (name: string): ChosenPack => ({ name, affinity: store.state().methods.find(({ pack }) => pack === name)?.affinity ?? false })
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
        const previewOf = request()
        const preview = await client.call('prelabel.preview', { imageId: image.id, ...previewOf })
        // of another picture, or of settings that have changed since: the next answer is on its way
        if (editor.state().image?.id === image.id && store.state().open) store.set({ preview, previewOf })
      } catch (error) {
        store.set({ preview: null })
        if (!wanted) failed(error)
      }
    }
    asking = false
    store.set({ waiting: false })
  }
  /** Of what can be run here. */
  const begin = async (): Promise<void> => {
    try {
      const { methods, last } = await client.call('prelabel.methods', {})
      store.set({ methods })
      for (const made of chosen ? [] : [madeWith(editor.state().annotations), last]) {
        const start = methods.find(({ pack, method }) => pack === made?.pack && method === made.method)
        if (made === null || start === undefined) continue
        store.set({ pack: start.pack, method: start.method, settings: usableSettings(unlikeDefault(made.settings, start.defaultSettings), packOf(start.pack), start.method) })
        break
      }
    } catch (error) {
      failed(error)
    }
    await ask()
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
      store.set(open ? { open, waiting: true } : { open, preview: null, held: null })
      chosen = false
      if (open) void begin()
    },
    choose(pack, method, settings = store.state().settings) {
      chosen = true
      store.set({ pack, method, settings: usableSettings(settings, packOf(pack), method) })
      void ask()
    },
    set(name, value) {
      chosen = true
      store.set({ settings: { ...store.state().settings, [name]: value } })
      void ask()
    },
    compare(on) {
      const { preview, previewOf } = store.state()
      store.set({ held: on && preview !== null && previewOf !== null ? { ...previewOf, proposals: preview.proposals } : null })
    },
    setSplit: (split) => store.set({ split }),
  }
}
