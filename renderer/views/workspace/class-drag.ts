import { type DragEvent, useState } from 'react'

/** What a row needs so that it can be dragged to another place of its list, and be one to drop on. */
export interface RowDrag {
  readonly draggable: boolean
  /** where what is dragged would go if it were dropped here */
  readonly 'data-drop': 'above' | 'below' | undefined
  readonly onDragStart: (event: DragEvent) => void
  readonly onDragOver: (event: DragEvent) => void
  readonly onDrop: (event: DragEvent) => void
  readonly onDragEnd: () => void
}

/** What is dragged is a row of such a list, and nothing that a text field or another program takes. */
const ROW = 'application/x-maskwright-row'

/** Rows of a list that are put in another order by dragging. @param move the row `id` goes from one place to another */
export function useRowDrag(move: (id: number, from: number, to: number) => void): (id: number, place: number, allowed: boolean) => RowDrag {
  const [dragged, setDragged] = useState<{ readonly id: number; readonly from: number; readonly over: number } | null>(null)
  return (id, place, allowed) => ({
    draggable: allowed,
    'data-drop': dragged === null || dragged.over !== place || dragged.from === place ? undefined : dragged.from < place ? 'below' : 'above',
    onDragStart(event) {
      event.dataTransfer.effectAllowed = 'move'
      event.dataTransfer.setData(ROW, String(id))
      setDragged({ id, from: place, over: place })
    },
    onDragOver(event) {
      // a row that left the window of the list while it was dragged never hears that it was let go
      if (dragged === null || !event.dataTransfer.types.includes(ROW)) return
      event.preventDefault()
      if (dragged.over !== place) setDragged({ ...dragged, over: place })
    },
    onDrop(event) {
      if (dragged === null || !event.dataTransfer.types.includes(ROW)) return
      event.preventDefault()
      setDragged(null)
      if (dragged.from !== place) move(dragged.id, dragged.from, place)
    },
    onDragEnd: () => setDragged(null),
  })
}
