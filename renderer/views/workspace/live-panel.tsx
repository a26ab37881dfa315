import { ChartBarBig, LoaderCircle, SquareSplitHorizontal, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DEFAULT_SETTINGS, SETTINGS, type SettingName, type Settings } from '../../../main/contract/settings.ts'
import { Button } from '../../components/button.tsx'
import { Tick } from '../../components/choice-fields.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { SelectField } from '../../components/select-field.tsx'
import { SliderField } from '../../components/slider-field.tsx'
import { usePage } from '../page-context.tsx'
import type { LiveState } from '../state/live-settings.ts'
import { obeyedSettings, usableOptions } from '../state/setting-options.ts'
import { usePart } from '../state/use-part.ts'
import './live-panel.css'

/** Where a slider ends, when the setting's own end is beyond any use of it; those with a wide range go by ratios. */
const SLIDER_MAX: Partial<Record<SettingName, number>> = { minAreaPx2: 50_000, clusterCount: 40 }
const BY_RATIO: ReadonlySet<SettingName> = new Set(['minAreaPx2', 'temperature'])
const STEPS = 200

/** Settings over the picture: what they would propose is shown at once; nothing is stored until it is asked for. */
export function LivePanel() {
  const { t, i18n } = useTranslation()
  const page = usePage()
  const { live } = page
  const state = usePart(live, (now) => now)
  const job = usePart(page.engine, (now) => now.job)
  const [busy, setBusy] = useState(false)
  if (!state.open) return null
  const running = job !== null && (job.state === 'running' || job.state === 'paused')
  const methods = state.methods.length === 0 ? [{ pack: state.pack, title: state.pack, affinity: false, method: state.method, defaultSettings: {} }] : state.methods
  const defaultsOf = (name: string): Settings => ({ ...DEFAULT_SETTINGS, ...methods.find(({ pack }) => pack === name)?.defaultSettings })
  const defaults = defaultsOf(state.pack)
  const pack = { name: state.pack, affinity: methods.some((one) => one.pack === state.pack && one.affinity) }
  const numbers = new Intl.NumberFormat(i18n.language, { maximumSignificantDigits: 3 })
  const work = async (run: () => Promise<void>) => {
    setBusy(true)
    await page.attempt(run)
    setBusy(false)
  }
  const applyHere = () => work(async () => {
    await page.propose(live.request())
    live.show(false)
  })
  const applyToAll = () => work(async () => {
    await page.editor.flush()
    const status = await page.client.call('prelabel.start', { scope: 'untouched', ...live.request() })
    page.engine.setJob(status)
    if (status.total === 0) page.notices.add('info', t('prelabel.nothingToDo'))
    else live.show(false)
  })
  const nameOf = ({ pack, method, settings }: NonNullable<LiveState['held']>): string => [
    `${methods.find((one) => one.pack === pack)?.title ?? pack}: ${t(`method.${method}`)}`,
    ...Object.entries(settings).filter(([name, value]) => value !== defaultsOf(pack)[name as SettingName]).map(([name, value]) =>
      (value === false ? t('live.off', { name: t(`setting.${name}.name`) }) : t(`setting.${name}.name`) + (value === true ? '' : ` ${typeof value === 'number' ? numbers.format(value) : t(`setting.${name}.${value}`)}`))),
  ].join(', ')
  const unnamed = state.preview?.proposals.filter(({ classId }) => classId === null).length ?? 0
  return (
    <section className="live-panel" aria-label={t('live.title')} data-pane="live">
      <header className="live-panel-header">
        <h2 className="panel-title">{t('live.title')}</h2>
        <IconButton small icon={X} label={t('common.close')} onPress={() => live.show(false)} placement="left" />
      </header>
      <div className="live-panel-settings">
        <SelectField
          label={t('live.method')}
          value={`${state.pack}/${state.method}`}
          choices={methods.map(({ pack, title, method }) => ({ id: `${pack}/${method}`, name: `${title}: ${t(`method.${method}`)}` }))}
          onChange={(id) => {
            const chosen = methods.find(({ pack, method }) => `${pack}/${method}` === id)
            if (chosen !== undefined) live.choose(chosen.pack, chosen.method)
          }}
        />
        <Button kind="quiet" icon={ChartBarBig} onPress={() => page.show('fit')}>{t('fit.open')}</Button>
        {obeyedSettings(state.method, { ...defaults, ...state.settings }).map((name) => <SettingField key={name} name={name} options={usableOptions(name, pack, state.method)} value={state.settings[name] ?? defaults[name]} show={(value) => numbers.format(value)} />)}
      </div>
      <footer className="live-panel-footer">
        <p className="live-panel-status numbers" role="status">
          {state.waiting ? <LoaderCircle className="live-panel-waiting" aria-hidden /> : null}
          {state.preview === null ? t(state.waiting ? 'live.first' : 'live.none') : t('live.found', { count: state.preview.proposals.length, unnamed, milliseconds: Math.round(state.preview.milliseconds) })}
        </p>
        {state.held === null
          ? <Button kind="quiet" icon={SquareSplitHorizontal} disabled={state.preview === null} onPress={() => live.compare(true)}>{t('live.compare')}</Button>
          : (
            <div className="live-panel-compare">
              <span className="live-panel-left" title={nameOf(state.held)}>{t('live.left', { what: nameOf(state.held) })}</span>
              <SliderField label={t('live.split')} value={Math.round(100 * state.split)} onChange={(value) => live.setSplit(value / 100)} min={0} max={100} step={1} show={(value) => `${value} %`} />
              <Button kind="quiet" onPress={() => live.compare(false)}>{t('live.endCompare')}</Button>
            </div>
          )}
        <div className="live-panel-actions">
          <Button disabled={busy || state.waiting} onPress={() => void applyHere()}>{t('live.here')}</Button>
          <Button kind="main" disabled={busy || running} onPress={() => void applyToAll()}>{t('live.all')}</Button>
        </div>
      </footer>
    </section>
  )
}

function SettingField({ name, options, value, show }: { readonly name: SettingName; readonly options: readonly string[]; readonly value: Settings[SettingName]; readonly show: (value: number) => string }) {
  const { t } = useTranslation()
  const { live } = usePage()
  const setting = SETTINGS[name]
  const label = t(`setting.${name}.name`)
  if (setting.type === 'switch') return <Tick ticked={value === true} onChange={(on) => live.set(name, on)}>{label}</Tick>
  if (setting.type === 'choice') return <SelectField label={label} value={String(value)} choices={options.map((id) => ({ id, name: t(`setting.${name}.${id}`) }))} onChange={(id) => live.set(name, id as never)} />
  const { min } = setting
  const max = SLIDER_MAX[name] ?? setting.max
  const whole = 'whole' in setting
  const ratio = BY_RATIO.has(name)
  const low = Math.max(min, ratio ? (whole ? 1 : min) : min)
  const toPlace = (given: number) => (ratio ? (STEPS * Math.log(Math.max(low, given) / low)) / Math.log(max / low) : (STEPS * (given - min)) / (max - min))
  const fromPlace = (place: number) => {
    const exact = ratio ? low * (max / low) ** (place / STEPS) : min + (place / STEPS) * (max - min)
    return whole ? Math.round(exact) : Number(exact.toPrecision(3))
  }
  return (
    <div className="live-panel-setting" title={t(`setting.${name}.help`, { defaultValue: '' })}>
      <span className="field-label">{label}</span>
      <SliderField label={label} value={Math.round(toPlace(Number(value)))} onChange={(place) => live.set(name, fromPlace(place))} min={0} max={STEPS} step={1} show={() => `${show(Number(value))}${setting.unit === 'px²' ? ' px²' : ''}`} />
    </div>
  )
}
