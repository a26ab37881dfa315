import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DeviceChoice, PrecisionChoice } from '../../../main/contract/jobs.ts'
import { METHODS, type MethodName } from '../../../main/contract/methods.ts'
import { CLASSIC_PACK, packMethods, type PackInfo } from '../../../main/contract/packs.ts'
import { DEFAULT_SETTINGS, SETTINGS, type Setting, type SettingName, type Settings } from '../../../main/contract/settings.ts'
import { Tick } from '../../components/choice-fields.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { SelectField } from '../../components/select-field.tsx'
import { usePage } from '../page-context.tsx'
import { type RecipeChoice, withSetting } from '../state/recipe-choice.ts'
import { obeyedSettings, usableOptions } from '../state/setting-options.ts'
import { usePart } from '../state/use-part.ts'
import { NotTaken } from './explained.tsx'

/** Steps are counted from the least value: they have to meet the default. */
const stepOf = ({ whole, min }: Setting & { type: 'number' }): number => (whole === true ? 1 : min > 0 ? min : 0.05)

/** What can be chosen of a pack. */
type Usable = Pick<PackInfo, 'name' | 'title' | 'summary' | 'scores' | 'affinity' | 'defaultSettings'> & { readonly defaultMethod: MethodName }

const CLASSIC: Usable = { name: CLASSIC_PACK.name, title: CLASSIC_PACK.title, summary: CLASSIC_PACK.summary, scores: false, affinity: false, defaultMethod: CLASSIC_PACK.defaultMethod, defaultSettings: CLASSIC_PACK.defaultSettings }

/** Packs that can be used now; the pack classic always. Null: not known yet. */
function useUsablePacks(): readonly Usable[] | null {
  const page = usePage()
  const [packs, setPacks] = useState<readonly Usable[] | null>(null)
  useEffect(() => {
    const look = async () => {
      const answer = await page.attempt(() => page.client.call('packs.list', {}))
      const here = answer?.packs.flatMap(({ name, title, summary, scores, affinity, defaultMethod, defaultSettings, state }) =>
        (name !== CLASSIC.name && defaultMethod !== null && (state === 'built-in' || state === 'installed') ? [{ name, title, summary, scores, affinity, defaultMethod, defaultSettings }] : [])) ?? []
      setPacks([CLASSIC, ...here])
    }
    void look()
  }, [page])
  return packs
}

/** Pack, method, device, and the settings that the method obeys. */
export function PrelabelRecipe({ recipe, onChange }: { readonly recipe: RecipeChoice; readonly onChange: (next: RecipeChoice) => void }) {
  const { t } = useTranslation()
  const { engine } = usePage()
  const known = useUsablePacks()
  const pipeline = usePart(engine, (state) => state.pipeline)
  const packs = known ?? [CLASSIC]
  const pack = packs.find(({ name }) => name === recipe.pack)
  // its methods and defaults are not those of any other pack
  if (known === null && pack === undefined) return <p role="status">{t('common.loading')}</p>
  const methods = packMethods(pack ?? CLASSIC)
  const method = recipe.method !== null && methods.includes(recipe.method) ? recipe.method : (pack ?? CLASSIC).defaultMethod
  const { ticked } = METHODS[method]
  const defaults: Settings = { ...DEFAULT_SETTINGS, ...pack?.defaultSettings }
  const chooseMethod = (next: MethodName) => {
    // its options are not the same for every method
    const { background: _, ...settings } = recipe.settings
    onChange({ ...recipe, method: next, settings })
  }
  const networks = pack !== undefined && pack.name !== CLASSIC.name
  return (
    <>
      {packs.length > 1 || pack === undefined ? (
        <SelectField
          label={t('prelabel.pack')}
          value={recipe.pack}
          onChange={(name) => onChange({ ...recipe, pack: name, method: null, settings: {} })}
          choices={[...packs.map(({ name, title }) => ({ id: name, name: title })), ...(pack === undefined ? [{ id: recipe.pack, name: t('prelabel.packAway', { name: recipe.pack }) }] : [])]}
        />
      ) : null}
      {pack !== undefined && pack.name !== CLASSIC.name ? <p className="row-quiet">{t(`models.pack.${pack.name}`, { defaultValue: pack.summary })}</p> : null}
      {methods.length > 1 ? <SelectField label={t('prelabel.method')} value={method} onChange={chooseMethod} choices={methods.map((id) => ({ id, name: `${t(`method.${id}`)} (${id})` }))} /> : null}
      {ticked ? <p className="row-quiet">{t('prelabel.needsTicks')}</p> : null}
      {networks ? (
        <>
          <SelectField label={t('prelabel.device')} value={recipe.device} onChange={(device) => onChange({ ...recipe, device })} choices={DeviceChoice.options.map((id) => ({ id, name: t(`device.${id}`) }))} />
          <SelectField label={t('prelabel.precision')} value={recipe.precision} onChange={(precision) => onChange({ ...recipe, precision })} choices={PrecisionChoice.options.map((id) => ({ id, name: t(`precision.${id}`) }))} />
          {pipeline?.notTaken === undefined || pipeline.notTaken.length === 0 ? null : <div><NotTaken devices={pipeline.notTaken} /></div>}
        </>
      ) : null}
      <div className="settings-grid">
        {obeyedSettings(method, { ...defaults, ...recipe.settings }).map((name) => <SettingField key={name} name={name} value={recipe.settings[name] ?? defaults[name]} options={usableOptions(name, pack ?? CLASSIC, method)} onChange={(value) => onChange(withSetting(recipe, name, value, pack === undefined ? null : defaults))} />)}
      </div>
    </>
  )
}

function SettingField({ name, value, options, onChange }: { readonly name: SettingName; readonly value: number | string | boolean; readonly options: readonly string[]; readonly onChange: (value: number | string | boolean) => void }) {
  const { t } = useTranslation()
  const setting: Setting = SETTINGS[name]
  const label = t(`setting.${name}.name`)
  if (setting.type === 'switch') return <Tick ticked={value === true} onChange={onChange}>{label}</Tick>
  if (setting.type === 'choice') return <SelectField label={label} value={String(value)} onChange={onChange} choices={options.map((id) => ({ id, name: t(`setting.${name}.${id}`) }))} />
  return (
    <NumberField
      label={label}
      help={t(`setting.${name}.help`)}
      value={Number(value)}
      onChange={onChange}
      min={setting.min}
      max={setting.max}
      step={stepOf(setting)}
      unit={setting.unit === 'px²' ? 'px²' : ''}
    />
  )
}
