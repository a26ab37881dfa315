import { FolderPlus, ImageOff, Images, TriangleAlert } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { CanvasView } from '../../canvas/canvas-view.tsx'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { useEditor, usePage } from '../page-context.tsx'
import type { LabelClass } from '../../../main/contract/records.ts'
import type { Ghost, Ghosts } from '../../canvas/ghost-shape.ts'
import type { LiveState } from '../state/live-settings.ts'
import { usePart } from '../state/use-part.ts'
import { LivePanel } from './live-panel.tsx'
import { HeldBar } from '../team/held-bar.tsx'
import { Minimap } from './minimap.tsx'
import { PreviewBar } from './preview-bar.tsx'
import './canvas-pane.css'

/** The picture, or what to do so that there is one. */
export function CanvasPane() {
  const { t } = useTranslation()
  const page = usePage()
  const image = useEditor((state) => state.image)
  const loading = useEditor((state) => state.loading)
  const hasFolders = useEditor((state) => (state.project?.folders.length ?? 0) > 0)
  const overlayOpacity = usePart(page.choices, (state) => state.overlayOpacity)
  const outlineOnly = usePart(page.choices, (state) => state.outlineOnly)
  const patterns = usePart(page.layout, (state) => state.patterns)
  const { filter, tones } = usePart(page.look, (state) => state)
  const live = usePart(page.live, (state) => state)
  const classes = useEditor((state) => state.classes)
  const ghosts = useMemo(() => ghostsOf(live, classes), [live, classes])
  const heat = usePart(page.heat, (state) => state.uncertainty)
  const total = usePart(page.images, (state) => state.total)
  if (image === null) {
    return (
      <div className="canvas-pane">
        {loading
          ? null
          : hasFolders
            ? <EmptyState icon={Images} title={total === 0 ? t('images.noneInFolders') : t('images.choose')} actions={<Button icon={FolderPlus} onPress={() => page.show('folders')}>{t('folders.manage')}</Button>}>{total === 0 ? t('images.noneInFoldersNext') : t('images.chooseNext')}</EmptyState>
            : <EmptyState icon={FolderPlus} title={t('images.noFolder')} actions={<Button kind="main" icon={FolderPlus} onPress={() => page.show('folders')}>{t('folders.add')}</Button>}>{t('images.noFolderNext')}</EmptyState>}
      </div>
    )
  }
  const problem = image.missing ? t('images.missing') : image.problem
  return (
    // focusable, so that the keyboard gets back to the picture, where Tab goes through the annotations
    <div className="canvas-pane" data-pane="canvas" role="group" aria-label={t('pane.picture')} tabIndex={0}>
      {problem === null
        ? <CanvasView editor={page.editor} overlayOpacity={overlayOpacity} outlineOnly={outlineOnly} patterns={patterns} heat={heat} ghosts={ghosts} filter={filter} tones={tones} label={t('images.canvas', { name: image.path })} />
        : (
          <EmptyState icon={ImageOff} title={t('images.cannotShow', { name: image.path })} actions={image.missing ? <Button icon={FolderPlus} onPress={() => page.show('folders')}>{t('folders.manage')}</Button> : undefined}>
            {problem}
          </EmptyState>
        )}
      <HeldBar />
      <PreviewBar />
      {problem === null ? <Minimap /> : null}
      <LivePanel />
      {image.remark === null ? null : <p className="canvas-remark"><TriangleAlert aria-hidden />{image.remark}</p>}
    </div>
  )
}

/** What the live settings would propose, in the colours of the classes; null while they are not open. */
function ghostsOf({ open, preview, held, split }: LiveState, classes: readonly LabelClass[]): Ghosts | null {
  if (!open || preview === null) return null
  const colours = new Map(classes.map(({ id, colour }) => [id, colour]))
  const ghost = ({ mask, classId }: (typeof preview.proposals)[number]): Ghost => ({ mask, colour: classId === null ? null : colours.get(classId) ?? null })
  return { now: preview.proposals.map(ghost), held: held === null ? null : held.proposals.map(ghost), split }
}
