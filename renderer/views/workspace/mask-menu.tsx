import { ArrowDownToLine, ArrowUpToLine, Blend, Combine, Copy, CopyPlus, Expand, Grid2x2X, Magnet, PaintBucket, Shrink, Spline, SquaresExclude, SquaresIntersect, SquaresSubtract, SquaresUnite, type LucideIcon } from 'lucide-react'
import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { Menu, type MenuEntry } from '../../components/menu.tsx'
import { OPERATIONS, type OperationName } from '../../document/mask-operations.ts'
import { useEditor, useKeyOf, usePage } from '../page-context.tsx'

const ICONS: Readonly<Record<OperationName, LucideIcon>> = {
  fillHoles: PaintBucket, removeIslands: Grid2x2X, smooth: Spline, grow: Expand, shrink: Shrink, union: SquaresUnite, subtract: SquaresSubtract, intersect: SquaresIntersect, separate: SquaresExclude,
}

/** What can be done to the selected masks, with its keys. */
export function MaskMenu({ trigger }: { readonly trigger: ReactElement }) {
  const { t } = useTranslation()
  const { editor } = usePage()
  const keyOf = useKeyOf()
  const selected = useEditor((state) => (state.selectedId === null ? 0 : 1 + state.alsoSelected.length))
  const operations = (Object.keys(OPERATIONS) as OperationName[]).map((name): MenuEntry => ({
    id: name,
    name: t(`command.mask.${name}`),
    icon: ICONS[name],
    keyName: keyOf(`mask.${name}`),
    disabled: selected < (OPERATIONS[name].kind === 'together' ? 2 : 1),
    onChoose: () => editor.operate(name),
  }))
  const snap: MenuEntry = { id: 'snap', name: t('command.mask.snap'), icon: Magnet, keyName: keyOf('mask.snap'), disabled: selected === 0, onChoose: () => editor.snap() }
  const more: readonly MenuEntry[] = [
    { id: 'front', name: t('command.annotation.front'), icon: ArrowUpToLine, keyName: keyOf('annotation.front'), disabled: selected === 0, onChoose: () => editor.restack('front') },
    { id: 'forward', name: t('command.annotation.forward'), icon: Blend, keyName: keyOf('annotation.forward'), disabled: selected === 0, onChoose: () => editor.restack('forward') },
    { id: 'backward', name: t('command.annotation.backward'), icon: Combine, keyName: keyOf('annotation.backward'), disabled: selected === 0, onChoose: () => editor.restack('backward') },
    { id: 'back', name: t('command.annotation.back'), icon: ArrowDownToLine, keyName: keyOf('annotation.back'), disabled: selected === 0, onChoose: () => editor.restack('back') },
    { id: 'line2', line: true },
    { id: 'copy', name: t('command.edit.copy'), icon: Copy, keyName: keyOf('edit.copy'), disabled: selected === 0, onChoose: () => editor.copy() },
    { id: 'duplicate', name: t('command.edit.duplicate'), icon: CopyPlus, keyName: keyOf('edit.duplicate'), disabled: selected === 0, onChoose: () => editor.duplicate() },
  ]
  return <Menu label={t('preview.menu')} trigger={trigger} entries={[snap, ...operations, { id: 'line', line: true }, ...more]} placement="right top" />
}
