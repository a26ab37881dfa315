import type { ImageRow } from '../../main/contract/images.ts'

/** What the status bar shows of the view. */
export interface ViewState {
  /** CSS px per px of the image; 1 = 100 % */
  readonly zoom: number
  /** the part of the picture in view, shares of its width and height in [0, 1]; null: no picture */
  readonly part: { readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number } | null
  /** px of the image under the pointer, whole numbers; null: pointer outside the picture */
  readonly cursor: { readonly x: number; readonly y: number; readonly annotationId: number | null; readonly classId: number | null } | null
}

/** What is needed of an image to fetch its picture in the size at which it fits. */
export type PictureOf = Pick<ImageRow, 'id' | 'revision' | 'width' | 'height'>

/** What the canvas registers while it is on screen. */
export interface ViewActions {
  fit(): void
  actualSize(): void
  centre(x: number, y: number): void
  prefetch(images: readonly PictureOf[]): void
}

/** The bridge between the canvas and the rest of the page: a small store, fit for useSyncExternalStore. */
export interface ViewControl {
  state(): ViewState
  subscribe(listener: () => void): () => void
  /** The whole image in the view. Nothing happens without a canvas on screen. */
  fit(): void
  /** One px of the image per CSS px, around the middle of the view. */
  actualSize(): void
  /** A place of the picture, shares of its width and height, comes to the middle of the view. */
  centre(x: number, y: number): void
  /** Fetches the pictures of images that may be opened next. */
  prefetch(images: readonly PictureOf[]): void
  /** For the canvas: takes part until the returned function is called. */
  attach(actions: ViewActions): () => void
  /** For the canvas: what changed. */
  set(patch: Partial<ViewState>): void
}

function createViewControl(): ViewControl {
  let state: ViewState = { zoom: 1, part: null, cursor: null }
  let actions: ViewActions | null = null
  const listeners = new Set<() => void>()
  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => { listeners.delete(listener) }
    },
    fit: () => actions?.fit(),
    actualSize: () => actions?.actualSize(),
    centre: (x, y) => actions?.centre(x, y),
    prefetch: (images) => actions?.prefetch(images),
    attach(given) {
      actions = given
      return () => { if (actions === given) actions = null }
    },
    set(patch) {
      state = { ...state, ...patch }
      for (const listener of listeners) listener()
    },
  }
}

/** The page has one canvas and so one view. */
export const viewControl = createViewControl()
