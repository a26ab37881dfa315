import { RotateCcw, SlidersHorizontal } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { Button as AriaButton, Dialog, DialogTrigger, Popover, Tooltip, TooltipTrigger } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { TONE_MAX, type PictureTones, type Tones } from '../../../main/contract/pictures.ts'
import { isAsItIs } from '../../canvas/picture-filter.ts'
import { Button } from '../../components/button.tsx'
import { OneOf } from '../../components/choice-fields.tsx'
import { SliderField } from '../../components/slider-field.tsx'
import { useTwoDecimals } from '../../components/use-two-decimals.ts'
import { useEditor, usePage } from '../page-context.tsx'
import { PLAIN_LOOK } from '../state/picture-look.ts'
import { usePart } from '../state/use-part.ts'
import './picture-look.css'

/** ms of quiet after which a window is asked of the engine */
const QUIET_MS = 200
/** a gamma slider with equal steps for equal ratios: 0.2 to 5 over [-100, 100] */
const gammaToPlace = (gamma: number) => Math.round((100 * Math.log(gamma)) / Math.log(5))
const placeToGamma = (place: number) => 5 ** (place / 100)

/** Brightness, contrast and gamma of the view, and of 16 bits which are shown. */
export function PictureLook() {
  const { t } = useTranslation()
  const decimals = useTwoDecimals()
  const page = usePage()
  const look = usePart(page.look, (state) => state)
  const plain = isAsItIs(look.filter) && look.tones === PLAIN_LOOK.tones
  const set = (patch: Partial<typeof look.filter>) => page.look.set({ filter: { ...look.filter, ...patch } })
  const percent = (value: number) => `${value > 0 ? '+' : ''}${value} %`
  return (
    <DialogTrigger>
      <TooltipTrigger delay={500} closeDelay={0}>
        <AriaButton className={`icon-button ${plain ? '' : 'picture-look-on'}`} aria-label={t('look.picture')}><SlidersHorizontal aria-hidden /></AriaButton>
        <Tooltip className="hint" offset={6}>{t('look.picture')}</Tooltip>
      </TooltipTrigger>
      <Popover className="popover" placement="bottom end">
        <Dialog className="picture-look" aria-label={t('look.picture')}>
          <p className="picture-look-about">{t('look.viewOnly')}</p>
          <Row name={t('look.brightness')}><SliderField label={t('look.brightness')} value={Math.round(look.filter.brightness * 100)} onChange={(value) => set({ brightness: value / 100 })} min={-100} max={100} step={1} show={percent} /></Row>
          <Row name={t('look.contrast')}><SliderField label={t('look.contrast')} value={Math.round(look.filter.contrast * 100)} onChange={(value) => set({ contrast: value / 100 })} min={-100} max={100} step={1} show={percent} /></Row>
          <Row name={t('look.gamma')}><SliderField label={t('look.gamma')} value={gammaToPlace(look.filter.gamma)} onChange={(value) => set({ gamma: value === 0 ? 1 : placeToGamma(value) })} min={-100} max={100} step={1} show={() => decimals(look.filter.gamma)} /></Row>
          <Depth />
          <Button icon={RotateCcw} disabled={plain} onPress={() => page.look.set(PLAIN_LOOK)}>{t('look.reset')}</Button>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return <div className="picture-look-row"><span aria-hidden>{name}</span>{children}</div>
}

/** Which of 16 bits are shown; nothing for a picture of 8. */
function Depth() {
  const { t } = useTranslation()
  const page = usePage()
  const imageId = useEditor((state) => state.image?.id ?? null)
  const tones = usePart(page.look, (state) => state.tones)
  const [found, setFound] = useState<PictureTones | null>(null)
  const [dragged, setDragged] = useState<Exclude<Tones, string> | null>(null)
  useEffect(() => {
    let gone = false
    const ask = async () => {
      const answer = imageId === null ? undefined : await page.attempt(() => page.client.call('image.tones', { imageId }))
      if (!gone) setFound(answer ?? null)
    }
    void ask()
    return () => { gone = true }
  }, [page, imageId])
  useEffect(() => {
    if (dragged === null) return undefined
    const timer = setTimeout(() => page.look.set({ tones: dragged }), QUIET_MS)
    return () => clearTimeout(timer)
  }, [page, dragged])
  if (found === null || !found.deep) return null
  const chosen = typeof tones === 'string' ? tones : 'window'
  const window = dragged ?? (typeof tones === 'string' ? { low: found.low, high: found.high } : tones)
  const width = window.high - window.low
  const level = Math.round((window.high + window.low) / 2)
  /** width and middle as a window inside the range */
  const place = (nextWidth: number, nextLevel: number) => {
    const low = Math.max(0, Math.min(TONE_MAX - 1, Math.round(nextLevel - nextWidth / 2)))
    setDragged({ low, high: Math.max(low + 1, Math.min(TONE_MAX, Math.round(nextLevel + nextWidth / 2))) })
  }
  const span = Math.max(1, found.most - found.least)
  return (
    <>
      <OneOf
        label={t('look.deep', { least: found.least, most: found.most })}
        value={chosen}
        onChange={(next) => {
          setDragged(null)
          page.look.set({ tones: next === 'window' ? { low: found.low, high: found.high } : next })
        }}
        choices={[{ id: 'auto', name: t('look.tones.auto') }, { id: 'full', name: t('look.tones.full') }, { id: 'window', name: t('look.tones.window') }]}
      />
      {chosen !== 'window' ? null : (
        <>
          <Row name={t('look.level')}><SliderField label={t('look.level')} value={level} onChange={(value) => place(width, value)} min={found.least} max={found.most} step={Math.max(1, Math.round(span / 500))} show={String} /></Row>
          <Row name={t('look.window')}><SliderField label={t('look.window')} value={width} onChange={(value) => place(value, level)} min={1} max={span} step={Math.max(1, Math.round(span / 500))} show={String} /></Row>
        </>
      )}
    </>
  )
}
