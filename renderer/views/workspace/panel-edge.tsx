import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { PanelSeparator } from '../../components/separator.tsx'
import { usePage } from '../page-context.tsx'
import { clampPanel, PANEL_PX, type PanelName } from '../state/layout-choices.ts'
import { usePart } from '../state/use-part.ts'

const EDGES = {
  left: { orientation: 'vertical', grows: 1 },
  right: { orientation: 'vertical', grows: -1 },
  strip: { orientation: 'horizontal', grows: -1 },
} as const

/** The edge of one of the workspace's panels, by which it is made larger or smaller; it stands in the panel, so that a screen reader finds it there. */
export function PanelEdge({ panel }: { readonly panel: PanelName }) {
  const { t } = useTranslation()
  const { layout } = usePage()
  const panels = usePart(layout, (state) => state.panels)
  const mark = useRef<HTMLDivElement>(null)
  const { orientation, grows } = EDGES[panel]
  const size = () => {
    const box = mark.current?.parentElement?.getBoundingClientRect()
    return panels[panel] ?? Math.round((orientation === 'vertical' ? box?.width : box?.height) ?? PANEL_PX[panel].min)
  }
  return (
    <div ref={mark} className={`panel-edge panel-edge-${panel}`}>
      <PanelSeparator
        label={t(`panels.${panel}`)}
        orientation={orientation}
        grows={grows}
        min={PANEL_PX[panel].min}
        max={PANEL_PX[panel].max}
        shown={panels[panel]}
        size={size}
        onResize={(px) => layout.set({ panels: { ...layout.state().panels, [panel]: clampPanel(panel, px) } })}
        onReset={() => layout.set({ panels: { ...layout.state().panels, [panel]: null } })}
      />
    </div>
  )
}
