import { createInstance } from 'i18next'
import en from '../../../resources/translations/en.json' with { type: 'json' }
import type { Words } from '../../../renderer/document/words.ts'

const instance = createInstance()
void instance.init({ lng: 'en', resources: { en: { translation: en } }, interpolation: { escapeValue: false }, initAsync: false })

/** The page's words as an English reader sees them. */
export const english: Words = (key, values = {}) => instance.t(key, values)
