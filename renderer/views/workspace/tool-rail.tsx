import { Brush, Columns2, Eraser, Grid3x3, History, Layers2, MousePointer2, MousePointerClick, Redo2, Scissors, ShieldCheck, ShieldHalf, ShieldOff, Spline, SquareDashedMousePointer, Undo2, WandSparkles, Waypoints, type LucideIcon } from 'lucide-react'
import { Button as AriaButton, ToggleButton, ToggleButtonGroup, TooltipTrigger } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import type { CommandId } from '../../../main/contract/commands.ts'
import { Hint } from '../../components/hint.tsx'
import { IconButton, releaseFocus } from '../../components/icon-button.tsx'
import { NEIGHBOURS, type Neighbours, type ToolName } from '../../document/editor-state.ts'
import { useEditor, useKeyOf, usePage } from '../page-context.tsx'
import { MaskMenu } from './mask-menu.tsx'
import './tool-rail.css'

const TOOLS: readonly { readonly name: ToolName; readonly icon: LucideIcon; readonly command: CommandId }[] = [
  { name: 'select', icon: MousePointer2, command: 'tool.select' },
  { name: 'brush', icon: Brush, command: 'tool.brush' },
  { name: 'eraser', icon: Eraser, command: 'tool.eraser' },
  { name: 'polygon', icon: Waypoints, command: 'tool.polygon' },
  { name: 'vertices', icon: Spline, command: 'tool.vertices' },
  { name: 'box', icon: SquareDashedMousePointer, command: 'tool.box' },
  { name: 'wand', icon: WandSparkles, command: 'tool.wand' },
  { name: 'superpixel', icon: Grid3x3, command: 'tool.superpixel' },
  { name: 'smartClick', icon: MousePointerClick, command: 'tool.smartClick' },
  { name: 'split', icon: Scissors, command: 'tool.split' },
]

const SPARES: Readonly<Record<Neighbours, LucideIcon>> = { paintOver: ShieldOff, keepLocked: ShieldHalf, keepAll: ShieldCheck, shareBorders: Columns2 }

/** The tools, one of them in the hand; undo and redo below. */
export function ToolRail() {
  const { t } = useTranslation()
  const page = usePage()
  const { editor } = page
  const keyOf = useKeyOf()
  const tool = useEditor((state) => state.tool)
  const ready = useEditor((state) => state.image !== null)
  const neighbours = useEditor((state) => state.neighbours)
  const undo = useEditor((state) => state.undo)
  const redo = useEditor((state) => state.redo)
  return (
    <section className="tool-rail" aria-label={t('pane.tools')} data-pane="tools">
      <ToggleButtonGroup className="tool-rail-group" aria-label={t('pane.tools')} orientation="vertical" disallowEmptySelection selectedKeys={[tool]} isDisabled={!ready} onSelectionChange={(keys) => { for (const key of keys) editor.setTool(key as ToolName) }}>
        {TOOLS.map(({ name, icon: Icon, command }) => (
          <TooltipTrigger key={name} delay={500} closeDelay={0}>
            <ToggleButton id={name} className="icon-button tool-rail-button" aria-label={t(`command.${command}`)} onPress={releaseFocus}>
              <Icon aria-hidden />
            </ToggleButton>
            <Hint label={t(`command.${command}`)} keyName={keyOf(command)} placement="right" />
          </TooltipTrigger>
        ))}
      </ToggleButtonGroup>
      <div className="tool-rail-group">
        <MaskMenu trigger={<AriaButton className="icon-button tool-rail-button" aria-label={t('preview.menu')} isDisabled={!ready}><Layers2 aria-hidden /></AriaButton>} />
        <IconButton icon={SPARES[neighbours]} placement="right" className="tool-rail-button" disabled={!ready} label={`${t('command.tool.neighbours')}: ${t(`neighbours.${neighbours}`)}`} keyName={keyOf('tool.neighbours')} onPress={() => editor.setNeighbours(NEIGHBOURS[(NEIGHBOURS.indexOf(neighbours) + 1) % NEIGHBOURS.length])} />
      </div>
      <div className="tool-rail-group">
        <IconButton icon={History} placement="right" className="tool-rail-button" disabled={!ready} label={t('command.edit.history')} keyName={keyOf('edit.history')} onPress={() => page.show('history')} />
        <IconButton icon={Undo2} placement="right" className="tool-rail-button" disabled={undo === null} label={undo === null ? t('command.edit.undo') : t('edit.undoOf', { what: t(`edit.${undo.label}`, { defaultValue: undo.label }) })} keyName={keyOf('edit.undo')} onPress={() => void page.attempt(() => editor.undo())} />
        <IconButton icon={Redo2} placement="right" className="tool-rail-button" disabled={redo === null} label={redo === null ? t('command.edit.redo') : t('edit.redoOf', { what: t(`edit.${redo.label}`, { defaultValue: redo.label }) })} keyName={keyOf('edit.redo')} onPress={() => void page.attempt(() => editor.redo())} />
      </div>
    </section>
  )
}
