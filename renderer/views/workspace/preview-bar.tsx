import { Check, Expand, LoaderCircle, Minus, Plus, Shrink, X } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { CommandId } from '../../../main/contract/commands.ts'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { KeyCap } from '../../components/key-cap.tsx'
import { OPERATIONS, type OperationName } from '../../document/mask-operations.ts'
import { useEditor, useKeyOf, usePage } from '../page-context.tsx'
import { ClassChooser } from './class-chooser.tsx'
import './preview-bar.css'

/** the first of the classes have keys */
const CLASS_KEYS = 9
/** ms after which a list that closes has given the focus back to its button */
const RETURNED_MS = 50

const isOperation = (name: string): name is OperationName => Object.hasOwn(OPERATIONS, name)

/** Over the picture while something is previewed: keep it, give it up, more or less of it; of a smart click the class that it will have. */
export function PreviewBar() {
  const { t, i18n } = useTranslation()
  const { editor } = usePage()
  const keyOf = useKeyOf()
  const toolPath = useEditor((state) => state.toolPath)
  const amount = useEditor((state) => state.toolAmount)
  const activeClassId = useEditor((state) => state.activeClassId)
  const withKeys = useEditor((state) => Math.min(state.classes.length, CLASS_KEYS))
  const bar = useRef<HTMLDivElement>(null)
  const name = toolPath.slice(toolPath.indexOf('.') + 1)
  const operation = toolPath.startsWith('operation.') && isOperation(name) ? name : null
  const clicked = toolPath.startsWith('smartClick.') && toolPath !== 'smartClick.idle'
  const snapping = toolPath.startsWith('snap.')
  const preparing = name === 'preparing'
  const keeping = name === 'keeping'
  if (operation === null && !clicked && !snapping && toolPath !== 'wand.previewing' && !preparing) return null
  // the keys for them are obeyed with the answer; there is no room for the buttons beside what is waited for
  const sized = !preparing && !keeping && (operation === null || OPERATIONS[operation].amount.start > 0)
  const [firstKey, lastKey] = withKeys > 1 ? [keyOf('class.1'), keyOf(`class.${withKeys}` as CommandId)] : []
  const choose = (classId: number | null) => {
    editor.chooseClass(classId)
    // Enter then keeps, and does not open the list again
    setTimeout(() => bar.current?.closest<HTMLElement>('[data-pane]')?.focus(), RETURNED_MS)
  }
  return (
    <div ref={bar} className="preview-bar" role="toolbar" aria-label={t('preview.title')}>
      <span className="preview-bar-name">{t(operation !== null ? `command.mask.${operation}` : clicked ? 'command.tool.smartClick' : snapping ? 'command.mask.snap' : toolPath.startsWith('superpixel.') ? 'command.tool.superpixel' : 'command.tool.wand')}</span>
      {clicked && !keeping ? (
        <span className="preview-bar-class">
          {t('preview.as')}
          <ClassChooser classId={activeClassId} label={t('preview.class')} disabled={false} onChoose={choose} />
          {firstKey !== undefined && lastKey !== undefined ? <KeyCap name={`${firstKey}–${lastKey}`} /> : null}
        </span>
      ) : null}
      {preparing || keeping ? <span className="preview-bar-wait" role="status"><LoaderCircle aria-hidden />{t(`preview.${name}`)}</span> : null}
      {sized ? <IconButton small icon={Minus} label={t('preview.less')} keyName={keyOf('tool.smaller')} onPress={() => editor.resize(-1)} /> : null}
      {sized && amount !== null ? <span className="preview-bar-amount numbers" role="status">{t(`preview.unit.${amount.unit}`, { value: new Intl.NumberFormat(i18n.language).format(amount.value) })}</span> : null}
      {sized ? <IconButton small icon={Plus} label={t('preview.more')} keyName={keyOf('tool.larger')} onPress={() => editor.resize(1)} /> : null}
      {clicked && sized ? <IconButton small icon={Shrink} label={t('preview.part')} keyName={keyOf('tool.muchSmaller')} onPress={() => editor.resize(-10)} /> : null}
      {clicked && sized ? <IconButton small icon={Expand} label={t('preview.whole')} keyName={keyOf('tool.muchLarger')} onPress={() => editor.resize(10)} /> : null}
      <Button kind="quiet" icon={X} onPress={() => editor.cancelTool()}>{t('preview.giveUp')}</Button>
      <Button kind="main" icon={Check} disabled={keeping || (preparing && !clicked)} onPress={() => editor.commitTool()}>{t('preview.keep')}</Button>
    </div>
  )
}
