import type { CommandId } from '../../main/contract/commands.ts'
import { NEIGHBOURS, type ToolName } from '../document/editor-state.ts'
import type { OperationName } from '../document/mask-operations.ts'
import type { StackMove } from '../document/stacking.ts'
import type { Page } from '../views/state/page.ts'

/** Command → what it does; answers whether it did anything, so that an unused key stays the browser's. */
export type CommandTable = Readonly<Record<CommandId, () => boolean>>

/** steps that one press of a size key goes: px of the brush, or what the tool makes of them */
const SIZE_STEP = { small: 1, large: 10 }

/**
 * All commands on one page. A command the contract names and this table lacks is a compile error.
 * @param movePane moves the focus to the next or previous part of the window (panes.ts)
 * @param lastTool the drawing tool used last
 */
export function createCommands(page: Pick<Page, 'editor' | 'viewControl' | 'goBy' | 'goToUnfinished' | 'finishImage' | 'acceptAllShown' | 'propose' | 'live' | 'comment' | 'show' | 'attempt' | 'notices'>, say: (key: string) => string, movePane: (step: 1 | -1) => boolean, lastTool: () => ToolName): CommandTable {
  const { editor, viewControl } = page
  const later = (work: () => Promise<unknown>) => { void page.attempt(work) }
  /** only with an image open */
  const onImage = (run: () => void) => () => {
    if (editor.state().image === null) return false
    run()
    return true
  }
  const inProject = (run: () => void) => () => {
    if (editor.state().project === null) return false
    run()
    return true
  }
  const sizeBy = (step: number) => onImage(() => editor.resize(step))
  const operate = (operation: OperationName) => onImage(() => editor.operate(operation))
  /** with nothing selected, the key stays the browser's */
  const onSelection = (run: () => void) => () => {
    if (editor.state().selectedId === null) return false
    run()
    return true
  }
  const restack = (move: StackMove) => onSelection(() => editor.restack(move))
  const classAt = (place: number) => () => {
    const chosen = editor.state().classes[place]
    if (chosen === undefined) return false
    editor.chooseClass(chosen.id)
    return true
  }
  /** with nothing to go through, Tab stays the browser's */
  const amongAnnotations = (step: 1 | -1) => () => {
    if (editor.state().annotations.length === 0) return false
    editor.selectNext(step)
    return true
  }
  return {
    'tool.select': onImage(() => editor.setTool('select')),
    'tool.brush': onImage(() => editor.setTool('brush')),
    'tool.eraser': onImage(() => editor.setTool('eraser')),
    'tool.polygon': onImage(() => editor.setTool('polygon')),
    'tool.vertices': onImage(() => editor.setTool('vertices')),
    'tool.box': onImage(() => editor.setTool('box')),
    'tool.wand': onImage(() => editor.setTool('wand')),
    'tool.superpixel': onImage(() => editor.setTool('superpixel')),
    'tool.smartClick': onImage(() => editor.setTool('smartClick')),
    'tool.split': onImage(() => editor.setTool('split')),
    'tool.swap': onImage(() => editor.setTool(editor.state().tool === 'eraser' ? 'brush' : 'eraser')),
    'tool.last': onImage(() => editor.setTool(editor.state().tool === 'select' ? lastTool() : 'select')),
    'tool.smaller': sizeBy(-SIZE_STEP.small),
    'tool.larger': sizeBy(SIZE_STEP.small),
    'tool.muchSmaller': sizeBy(-SIZE_STEP.large),
    'tool.muchLarger': sizeBy(SIZE_STEP.large),
    'tool.cancel': onImage(() => {
      if (!page.live.state().open) editor.cancelTool()
      else if (!editor.giveUp()) page.live.show(false)
    }),
    'tool.neighbours': onImage(() => {
      const next = NEIGHBOURS[(NEIGHBOURS.indexOf(editor.state().neighbours) + 1) % NEIGHBOURS.length]
      editor.setNeighbours(next)
      page.notices.add('info', say(`neighbours.${next}`), 'neighbours')
    }),
    'mask.fillHoles': operate('fillHoles'),
    'mask.removeIslands': operate('removeIslands'),
    'mask.snap': onImage(() => editor.snap()),
    'mask.smooth': operate('smooth'),
    'mask.grow': operate('grow'),
    'mask.shrink': operate('shrink'),
    'mask.union': operate('union'),
    'mask.subtract': operate('subtract'),
    'mask.intersect': operate('intersect'),
    'mask.separate': operate('separate'),
    'annotation.accept': onImage(() => editor.accept()),
    'annotation.reject': onImage(() => editor.reject()),
    'annotation.acceptAll': onImage(() => page.acceptAllShown()),
    'annotation.next': amongAnnotations(1),
    'annotation.previous': amongAnnotations(-1),
    'annotation.hide': onImage(() => editor.hide()),
    'annotation.showAll': onImage(() => editor.showAll()),
    'annotation.lock': onImage(() => editor.lock()),
    'annotation.crowd': onImage(() => editor.crowd()),
    'annotation.forward': restack('forward'),
    'annotation.backward': restack('backward'),
    'annotation.front': restack('front'),
    'annotation.back': restack('back'),
    'annotation.copyToNext': onSelection(() => later(async () => {
      const from = editor.state().image?.id
      editor.copy()
      await page.goBy(1)
      if (editor.state().image?.id !== from) editor.paste()
    })),
    'class.1': classAt(0),
    'class.2': classAt(1),
    'class.3': classAt(2),
    'class.4': classAt(3),
    'class.5': classAt(4),
    'class.6': classAt(5),
    'class.7': classAt(6),
    'class.8': classAt(7),
    'class.9': classAt(8),
    'image.next': inProject(() => later(() => page.goBy(1))),
    'image.previous': inProject(() => later(() => page.goBy(-1))),
    'image.nextUnfinished': inProject(() => later(() => page.goToUnfinished('next'))),
    'image.previousUnfinished': inProject(() => later(() => page.goToUnfinished('previous'))),
    'image.done': onImage(() => later(() => page.finishImage())),
    'image.ticks': onImage(() => page.show('ticks')),
    'image.settings': onImage(() => page.live.show(!page.live.state().open)),
    'image.propose': onImage(() => later(() => page.propose())),
    'image.comment': onImage(() => page.comment()),
    'view.fit': onImage(() => viewControl.fit()),
    'view.actualSize': onImage(() => viewControl.actualSize()),
    'view.grid': inProject(() => page.show('grid')),
    'view.nextPane': () => movePane(1),
    'view.previousPane': () => movePane(-1),
    'edit.undo': inProject(() => later(() => editor.undo())),
    'edit.redo': inProject(() => later(() => editor.redo())),
    'edit.history': onImage(() => page.show('history')),
    'edit.copy': onSelection(() => editor.copy()),
    'edit.paste': () => {
      if (editor.state().copied === 0 || editor.state().image === null) return false
      editor.paste()
      return true
    },
    'edit.duplicate': onSelection(() => editor.duplicate()),
    'edit.save': inProject(() => later(async () => {
      await editor.flush()
      if (editor.state().saving === 'saved') page.notices.add('info', say('notice.saved'))
    })),
    'help.keys': () => {
      page.show('keys')
      return true
    },
  }
}
