import type { Tones } from '../../../main/contract/pictures.ts'
import { AS_IT_IS, type PictureFilter } from '../../canvas/picture-filter.ts'
import { createStore, type Store } from './store.ts'

/** How pictures are looked at until the page is closed; part of no project. */
export interface PictureLook {
  readonly filter: PictureFilter
  /** of pictures with 16 bits a channel */
  readonly tones: Tones
}

export const PLAIN_LOOK: PictureLook = { filter: AS_IT_IS, tones: 'auto' }

export const createPictureLook = (): Store<PictureLook> => createStore(PLAIN_LOOK)
