import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import de from '../../resources/translations/de.json' with { type: 'json' }
import en from '../../resources/translations/en.json' with { type: 'json' }
import fr from '../../resources/translations/fr.json' with { type: 'json' }

/** Languages of the page, each by its own name. */
export const LANGUAGES = [
  { id: 'en', name: 'English' },
  { id: 'de', name: 'Deutsch' },
  { id: 'fr', name: 'Français' },
] as const

const KEY = 'maskwright.language'

/** Storage that a browser may refuse; then nothing is remembered. */
export function pageStorage(): Storage | null {
  try {
    return window.localStorage
  } catch {
    return null
  }
}

export function rememberLanguage(id: string): void {
  pageStorage()?.setItem(KEY, id)
}

/** The chosen language, else the first of the person's own that we have, else English. */
export function pickLanguage(remembered: string | null, preferred: readonly string[]): string {
  const known = (id: string | null) => LANGUAGES.find((language) => language.id === id?.slice(0, 2))?.id
  return known(remembered) ?? preferred.map(known).find((id) => id !== undefined) ?? 'en'
}

export async function createTranslations(): Promise<i18n> {
  const instance = createInstance()
  instance.on('languageChanged', (id) => { document.documentElement.lang = id })
  await instance.use(initReactI18next).init({
    lng: pickLanguage(pageStorage()?.getItem(KEY) ?? null, navigator.languages),
    fallbackLng: 'en',
    resources: { en: { translation: en }, de: { translation: de }, fr: { translation: fr } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  return instance
}
