import { ChevronLeft, ChevronRight, CircleCheck, CircleCheckBig, Contrast, Flame, ListChecks, Maximize, Settings2, SkipForward, Sparkles, SquareDashed } from 'lucide-react'
import { useState } from 'react'
import { TooltipTrigger } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { Hint } from '../../components/hint.tsx'
import { IconButton, IconToggle } from '../../components/icon-button.tsx'
import { SliderField } from '../../components/slider-field.tsx'
import { BRUSH_RADIUS_PX } from '../../document/editor-state.ts'
import { useEditor, useKeyOf, usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import { PictureLook } from './picture-look.tsx'
import './view-bar.css'

/** A radius slider with equal steps for equal ratios: 0.5 px to 500 px over [0, 100]. */
const RADIUS_SPAN = Math.log(BRUSH_RADIUS_PX.max / BRUSH_RADIUS_PX.min)
const radiusToPlace = (radiusPx: number) => Math.round((100 * Math.log(radiusPx / BRUSH_RADIUS_PX.min)) / RADIUS_SPAN)
const placeToRadius = (place: number) => {
  const radiusPx = BRUSH_RADIUS_PX.min * Math.exp((place / 100) * RADIUS_SPAN)
  return radiusPx < 10 ? Math.round(radiusPx * 2) / 2 : Math.round(radiusPx)
}

/** Over the picture: which image, how it is shown, and the way on. */
export function ViewBar() {
  const { t, i18n } = useTranslation()
  const page = usePage()
  const keyOf = useKeyOf()
  const image = useEditor((state) => state.image)
  const tool = useEditor((state) => state.tool)
  const radiusPx = useEditor((state) => state.brushRadiusPx)
  const amount = useEditor((state) => state.toolAmount)
  const opacity = usePart(page.choices, (state) => state.overlayOpacity)
  const outlineOnly = usePart(page.choices, (state) => state.outlineOnly)
  const live = usePart(page.live, (state) => state.open)
  const heat = usePart(page.heat, (state) => state.on)
  const [proposing, setProposing] = useState(false)
  const whyNot = useEditor((state) => (state.image === null ? null : page.whyNotDone()))
  const done = image?.state === 'done'
  const propose = async () => {
    setProposing(true)
    await page.propose()
    setProposing(false)
  }
  return (
    <div className="view-bar" role="toolbar" aria-label={t('pane.view')} data-pane="view">
      <div className="view-bar-group">
        <IconButton className="view-bar-step" icon={ChevronLeft} label={t('command.image.previous')} keyName={keyOf('image.previous')} onPress={() => void page.goBy(-1)} />
        <IconButton className="view-bar-step" icon={ChevronRight} label={t('command.image.next')} keyName={keyOf('image.next')} onPress={() => void page.goBy(1)} />
        <IconButton className="view-bar-skip" icon={SkipForward} label={t('command.image.nextUnfinished')} keyName={keyOf('image.nextUnfinished')} onPress={() => void page.goToUnfinished('next')} />
      </div>
      <p className="view-bar-name" title={image?.path}>{image === null ? '' : <bdi>{image.path.slice(image.path.lastIndexOf('/') + 1)}</bdi>}</p>
      {tool === 'brush' || tool === 'eraser'
        ? (
          <div className="view-bar-group view-bar-tool" title={t('view.radius')}>
            <span aria-hidden className="view-bar-dot" />
            <SliderField label={t('view.radius')} value={radiusToPlace(radiusPx)} onChange={(place) => page.editor.setBrushRadius(placeToRadius(place))} min={0} max={100} step={1} show={() => t('view.pixels', { value: radiusPx })} />
          </div>
        )
        : null}
      {(tool === 'vertices' || tool === 'wand') && amount !== null
        ? (
          <div className="view-bar-group view-bar-tool" title={t(`view.tolerance.${tool}`)}>
            <span aria-hidden className="view-bar-dot" />
            <SliderField label={t(`view.tolerance.${tool}`)} value={amount.value} onChange={(value) => page.editor.setToolAmount(value)} min={amount.min} max={amount.max} step={amount.unit === 'px' ? 0.5 : 1} show={(value) => t(`preview.unit.${amount.unit}`, { value: new Intl.NumberFormat(i18n.language).format(value) })} />
          </div>
        )
        : null}
      <div className="view-bar-group view-bar-opacity" title={t('view.opacity')}>
        <Contrast aria-hidden className="view-bar-icon" />
        <SliderField label={t('view.opacity')} value={Math.round(opacity * 100)} onChange={(value) => page.choices.set({ overlayOpacity: value / 100 })} min={0} max={100} step={5} show={(value) => `${value} %`} />
      </div>
      <div className="view-bar-group view-bar-looks">
        <PictureLook />
        <IconToggle icon={Flame} label={t('view.heat')} pressed={heat} onChange={(next) => page.heat.show(next)} disabled={image === null} />
        <IconToggle icon={SquareDashed} label={t('view.outlines')} pressed={outlineOnly} onChange={(next) => page.choices.set({ outlineOnly: next })} />
        <IconButton className="view-bar-fit" icon={Maximize} label={t('command.view.fit')} keyName={keyOf('view.fit')} onPress={() => page.viewControl.fit()} />
        <span className="view-bar-actual">
          <TooltipTrigger delay={500} closeDelay={0}>
            <Button kind="quiet" onPress={() => page.viewControl.actualSize()}>1:1</Button>
            <Hint label={t('command.view.actualSize')} keyName={keyOf('view.actualSize')} />
          </TooltipTrigger>
        </span>
      </div>
      <div className="view-bar-group">
        <IconButton icon={ListChecks} disabled={image === null} label={image?.ticked == null ? t('command.image.ticks') : t('ticks.count', { count: image.ticked.length })} keyName={keyOf('image.ticks')} onPress={() => page.show('ticks')} className={`view-bar-more ${image?.ticked == null ? '' : 'view-bar-ticked'}`} />
        <IconToggle icon={Settings2} label={t('command.image.settings')} keyName={keyOf('image.settings')} pressed={live} onChange={(next) => page.live.show(next)} disabled={image === null} className="view-bar-more" />
        <IconButton icon={Sparkles} disabled={image === null || proposing} label={t('command.image.propose')} keyName={keyOf('image.propose')} onPress={() => void propose()} className={proposing ? 'view-bar-busy' : ''} />
        {done
          ? <Button kind="quiet" icon={CircleCheckBig} onPress={() => page.editor.setImageState('working')}>{t('view.isDone')}</Button>
          : (
            <TooltipTrigger delay={500} closeDelay={0} isDisabled={whyNot !== null}>
              <span title={whyNot ?? undefined}><Button kind="plain" icon={CircleCheck} disabled={image === null || whyNot !== null} onPress={() => void page.finishImage()}>{t('view.markDone')}</Button></span>
              <Hint label={t('command.image.done')} keyName={keyOf('image.done')} />
            </TooltipTrigger>
          )}
      </div>
    </div>
  )
}
