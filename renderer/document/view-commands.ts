import type { SurfaceControl } from './create-surface.ts'
import type { EditorCore } from './editor-core.ts'
import { BRUSH_RADIUS_PX, type Editor } from './editor-state.ts'
import { belowThreshold } from './score-threshold.ts'
import { HINTS } from './words.ts'

type Names = 'select' | 'toggle' | 'selectNext' | 'setTool' | 'setBrushRadius' | 'setToolAmount' | 'resize' | 'setNeighbours' | 'hide' | 'setThreshold' | 'showAll' | 'dismissFailure'

/** What a person does to the view alone: selection, tools, what is hidden. Nothing of it is stored. */
export function viewCommands(core: EditorCore, surface: SurfaceControl): Pick<Editor, Names> {
  const { store, fields } = core
  const choose = (id: number | null) => {
    fields.drawnId = null
    core.select(id)
  }
  const setBrushRadius = (radiusPx: number) => {
    fields.brushRadiusPx = Math.min(BRUSH_RADIUS_PX.max, Math.max(BRUSH_RADIUS_PX.min, radiusPx))
    surface.brushChanged()
    core.emit()
  }
  return {
    select: choose,
    toggle: core.toggle,
    selectNext(by) {
      const order = [...core.visible()].reverse()
      if (order.length === 0) return core.select(null)
      const place = order.findIndex(({ id }) => id === fields.selectedId)
      const next = place < 0 ? (by > 0 ? 0 : order.length - 1) : (place + by + order.length) % order.length
      choose(order[next].id)
    },
    setTool(next) {
      fields.tool = next
      if (fields.notice !== null && HINTS.has(fields.notice.key)) fields.notice = null
      surface.tools.take(next)
      core.emit()
    },
    setBrushRadius,
    setToolAmount: (value) => surface.tools.setAmount(value),
    resize(by) {
      if (!surface.tools.resize(by)) setBrushRadius(fields.brushRadiusPx + by)
    },
    setNeighbours(next) {
      fields.neighbours = next
      core.emit()
    },
    hide(id) {
      const target = id ?? fields.selectedId
      if (target === null || store.annotation(target) === undefined) return
      const next = new Set(fields.hidden)
      if (!next.delete(target)) next.add(target)
      fields.hidden = next
      if (next.has(target) && target === fields.selectedId) fields.selectedId = null
      core.changed()
    },
    setThreshold(classIds, score) {
      const before = belowThreshold(store.annotations(), fields.thresholds)
      const next = new Map(fields.thresholds)
      for (const classId of classIds) {
        if (score > 0) next.set(classId, score)
        else next.delete(classId)
      }
      fields.thresholds = next
      const below = belowThreshold(store.annotations(), next)
      fields.hidden = new Set([...[...fields.hidden].filter((id) => !before.has(id)), ...below])
      if (fields.selectedId !== null && below.has(fields.selectedId)) fields.selectedId = null
      core.changed()
    },
    showAll() {
      fields.hidden = new Set()
      fields.thresholds = new Map()
      core.changed()
    },
    dismissFailure() {
      fields.notice = null
      core.emit()
    },
  }
}
