import { Check, Expand, LoaderCircle, Minus, Plus, Shrink, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Swatch } from '../../components/swatch.tsx'
import { OPERATIONS, type OperationName } from '../../document/mask-operations.ts'
import { useEditor, useKeyOf, usePage } from '../page-context.tsx'
import './preview-bar.css'

const isOperation = (name: string): name is OperationName => Object.hasOwn(OPERATIONS, name)

/** Over the picture while something is previewed: keep it, give it up, more or less of it; of a smart click the class that it will have. */
export function PreviewBar() {
  const { t, i18n } = useTranslation()
  const { editor } = usePage()
  const keyOf = useKeyOf()
  const toolPath = useEditor((state) => state.toolPath)
  const amount = useEditor((state) => state.toolAmount)
  const inHand = useEditor((state) => state.classes.find(({ id }) => id === state.activeClassId) ?? null)
  const name = toolPath.slice(toolPath.indexOf('.') + 1)
  const operation = toolPath.startsWith('operation.') && isOperation(name) ? name : null
  const clicked = toolPath.startsWith('smartClick.') && toolPath !== 'smartClick.idle'
  const snapping = toolPath.startsWith('snap.')
  const preparing = name === 'preparing'
  if (operation === null && !clicked && !snapping && toolPath !== 'wand.previewing' && !preparing) return null
  const sized = !preparing && (operation === null || OPERATIONS[operation].amount.start > 0)
  return (
    <div className="preview-bar" role="toolbar" aria-label={t('preview.title')}>
      <span className="preview-bar-name">{t(operation !== null ? `command.mask.${operation}` : clicked ? 'command.tool.smartClick' : snapping ? 'command.mask.snap' : toolPath.startsWith('superpixel.') ? 'command.tool.superpixel' : 'command.tool.wand')}</span>
      {clicked ? <span className="preview-bar-class"><Swatch colour={inHand?.colour ?? null} /><span className="preview-bar-class-name" title={inHand?.name}>{inHand === null ? t('classes.unnamed') : t('preview.keptAs', { name: inHand.name })}</span></span> : null}
      {preparing ? <span className="preview-bar-wait" role="status"><LoaderCircle aria-hidden />{t('preview.preparing')}</span> : null}
      {sized ? <IconButton small icon={Minus} label={t('preview.less')} keyName={keyOf('tool.smaller')} onPress={() => editor.resize(-1)} /> : null}
      {sized && amount !== null ? <span className="preview-bar-amount numbers" role="status">{t(`preview.unit.${amount.unit}`, { value: new Intl.NumberFormat(i18n.language).format(amount.value) })}</span> : null}
      {sized ? <IconButton small icon={Plus} label={t('preview.more')} keyName={keyOf('tool.larger')} onPress={() => editor.resize(1)} /> : null}
      {clicked && sized ? <IconButton small icon={Shrink} label={t('preview.part')} keyName={keyOf('tool.muchSmaller')} onPress={() => editor.resize(-10)} /> : null}
      {clicked && sized ? <IconButton small icon={Expand} label={t('preview.whole')} keyName={keyOf('tool.muchLarger')} onPress={() => editor.resize(10)} /> : null}
      <Button kind="quiet" icon={X} onPress={() => editor.cancelTool()}>{t('preview.giveUp')}</Button>
      <Button kind="main" icon={Check} disabled={preparing} onPress={() => editor.commitTool()}>{t('preview.keep')}</Button>
    </div>
  )
}
