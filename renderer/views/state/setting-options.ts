import { METHOD_SETTINGS, type MethodName } from '../../../main/contract/methods.ts'
import { CLASSIC_PACK } from '../../../main/contract/packs.ts'
import { SETTINGS, type Setting, type SettingName, type Settings } from '../../../main/contract/settings.ts'

/**
 * Options that a pack or method refuses: the pack classic has two edge steps, only captions have a start-of-text map, and without a
 * diffusion model the affinity is the photo's.
 */
const CLASSIC_REFUSES = ['pamr', 'guided+cut'], TEXT_REFUSES = ['sos'], CAPTION_REFUSES = ['report', 'stuff-floor'], SCORES_REFUSE = ['network']

/** @property affinity  whether the pack has one of its own */
export interface ChosenPack { readonly name: string; readonly affinity: boolean }

/** What can be chosen for a setting with this pack and method; empty for a number or a switch. */
export function usableOptions(name: SettingName, pack: ChosenPack, method: MethodName): readonly string[] {
  const setting: Setting = SETTINGS[name]
  if (setting.type !== 'choice') return []
  const refused = pack.name === CLASSIC_PACK.name ? CLASSIC_REFUSES : [...(method === 'agg-sd' ? CAPTION_REFUSES : TEXT_REFUSES), ...(pack.affinity ? [] : SCORES_REFUSE)]
  return setting.options.filter((option) => !refused.includes(option))
}

/** The settings without the choices that this pack and method refuse. */
export function usableSettings(settings: Partial<Settings>, pack: ChosenPack, method: MethodName): Partial<Settings> {
  return Object.fromEntries(Object.entries(settings).filter(([name, value]) => {
    const key = name as SettingName
    return SETTINGS[key].type !== 'choice' || usableOptions(key, pack, method).includes(String(value))
  }))
}

/** The settings that a method obeys while the others stand like this: only a walk returns, and windows stand alone. */
export function obeyedSettings(method: MethodName, { affinity, windows }: Pick<Settings, 'affinity' | 'windows'>): readonly SettingName[] {
  return METHOD_SETTINGS[method].filter((name) => (name !== 'walkRestart' || affinity === 'walk') && (name !== 'scales' || !windows))
}
