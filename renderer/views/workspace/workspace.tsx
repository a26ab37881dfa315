import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import { useEditor, usePage } from '../page-context.tsx'
import { ReviewPanel } from '../review/review-panel.tsx'
import { usePart } from '../state/use-part.ts'
import { Tour } from '../tour/tour.tsx'
import { AnnotationList } from './annotation-list.tsx'
import { CanvasPane } from './canvas-pane.tsx'
import { ClassList } from './class-list.tsx'
import { Filmstrip } from './filmstrip.tsx'
import { StatusBar } from './status-bar.tsx'
import { ToolRail } from './tool-rail.tsx'
import { TopBar } from './top-bar.tsx'
import { ViewBar } from './view-bar.tsx'
import './workspace.css'

/** Where a project is worked on: the picture in the middle, everything else around it. */
export function Workspace() {
  const { t } = useTranslation()
  const name = useEditor((state) => state.project?.name)
  const { left, right, strip } = usePart(usePage().layout, (state) => state.panels)
  const sizes = { ...(left === null ? {} : { '--panel-width': `${left}px` }), ...(right === null ? {} : { '--panel-width-wide': `${right}px` }), ...(strip === null ? {} : { '--strip-height': `${strip}px` }) }
  return (
    <div className="workspace" style={sizes as CSSProperties}>
      <TopBar />
      <ToolRail />
      <div className="workspace-left"><ClassList /></div>
      <main className="workspace-middle" aria-label={t('pane.picture')}>
        <h1 className="only-read-aloud">{name}</h1>
        <ViewBar />
        <CanvasPane />
      </main>
      <div className="workspace-right"><AnnotationList /><ReviewPanel /></div>
      <div className="workspace-strip"><Filmstrip /></div>
      <div className="workspace-status"><StatusBar /></div>
      <Tour />
    </div>
  )
}
