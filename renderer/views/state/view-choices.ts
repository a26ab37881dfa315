import { createStore, type Store } from './store.ts'

/** How this person likes to look at pictures; remembered on this machine, no part of the project. */
export interface ViewChoices {
  /** of the masks over the picture, [0, 1] */
  readonly overlayOpacity: number
  readonly outlineOnly: boolean
  /** a picture that is opened and has nothing on it yet gets proposals by itself */
  readonly proposeOnOpen: boolean
  /** the part about the review of an image is unfolded */
  readonly reviewOpen: boolean
}

const KEY = 'maskwright.view'
const START: ViewChoices = { overlayOpacity: 0.5, outlineOnly: false, proposeOnOpen: false, reviewOpen: false }

const read = (text: string | null | undefined): ViewChoices => {
  if (text === null || text === undefined) return START
  try {
    const value = JSON.parse(text) as Partial<ViewChoices>
    const { overlayOpacity: opacity } = value
    return { overlayOpacity: typeof opacity === 'number' && opacity >= 0 && opacity <= 1 ? opacity : START.overlayOpacity, outlineOnly: value.outlineOnly === true, proposeOnOpen: value.proposeOnOpen === true, reviewOpen: value.reviewOpen === true }
  } catch {
    return START
  }
}

export function createViewChoices(storage: Pick<Storage, 'getItem' | 'setItem'> | null): Store<ViewChoices> {
  const store = createStore(read(storage?.getItem(KEY)))
  store.subscribe(() => storage?.setItem(KEY, JSON.stringify(store.state())))
  return store
}
