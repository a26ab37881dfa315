import { DeviceChoice, PrecisionChoice } from '../../../main/contract/jobs.ts'
import { MethodName, PackName } from '../../../main/contract/methods.ts'
import { CLASSIC_PACK } from '../../../main/contract/packs.ts'
import { SettingsSchema, type SettingName, type Settings } from '../../../main/contract/settings.ts'
import { createStore, type Store } from './store.ts'

/** How this person has proposals made; remembered on this machine, no part of the project. */
export interface RecipeChoice {
  readonly pack: string
  /** null: the pack's own */
  readonly method: MethodName | null
  readonly device: DeviceChoice
  readonly precision: PrecisionChoice
  /** those that differ from their defaults */
  readonly settings: Partial<Settings>
}

const KEY = 'maskwright.recipe'
export const RECIPE_START: RecipeChoice = { pack: CLASSIC_PACK.name, method: null, device: 'auto', precision: 'auto', settings: {} }

function read(text: string | null | undefined): RecipeChoice {
  if (text === null || text === undefined) return RECIPE_START
  try {
    const { pack, method, device, precision = 'auto', settings } = JSON.parse(text) as Record<string, unknown>
    SettingsSchema.parse(settings)
    return { pack: PackName.parse(pack), method: MethodName.nullable().parse(method), device: DeviceChoice.parse(device), precision: PrecisionChoice.parse(precision), settings: settings as Partial<Settings> }
  } catch {
    // of another version, or damaged
    return RECIPE_START
  }
}

/** The choice, and what a project suggests to a person who has not chosen yet. */
export interface RecipeStore extends Store<RecipeChoice> {
  /** The project's own pack, its method and settings as they come; without effect, and not remembered, once the person has chosen. */
  suggest(pack: string | null): void
}

export function createRecipeChoice(storage: Pick<Storage, 'getItem' | 'setItem'> | null): RecipeStore {
  const stored = storage?.getItem(KEY)
  const store = createStore(read(stored))
  let chosen = stored !== null && stored !== undefined
  let suggesting = false
  store.subscribe(() => {
    if (suggesting) return
    chosen = true
    storage?.setItem(KEY, JSON.stringify(store.state()))
  })
  return {
    ...store,
    suggest(pack) {
      if (chosen) return
      suggesting = true
      store.set({ pack: pack ?? RECIPE_START.pack })
      suggesting = false
    },
  }
}

/** With another value for a setting. @param defaults of the pack, which are not kept among those that differ; null: not known, and the value is kept whatever it is */
export function withSetting(recipe: RecipeChoice, name: SettingName, value: number | string | boolean, defaults: Settings | null): RecipeChoice {
  const { [name]: _, ...others } = recipe.settings
  return { ...recipe, settings: value === defaults?.[name] ? others : { ...others, [name]: value } }
}

/** As a call wants it. */
export const asRequest = ({ pack, method, device, precision, settings }: RecipeChoice) => ({ pack, device, settings, ...(precision === 'auto' ? {} : { precision }), ...(method === null ? {} : { method }) })
