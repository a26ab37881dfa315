import { usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'
import { Agreement } from './agreement.tsx'
import { CreateProject } from './create-project.tsx'
import { Export } from './export.tsx'
import { FileBrowser } from './file-browser.tsx'
import { Fit } from './fit.tsx'
import { Folders } from './folders.tsx'
import { History } from './history.tsx'
import { Import } from './import.tsx'
import { ImageGrid } from '../images/image-grid.tsx'
import { KeySheet } from './key-sheet.tsx'
import { Log } from './log.tsx'
import { Memory } from './memory.tsx'
import { Models } from './models.tsx'
import { Prelabel } from './prelabel.tsx'
import { TickClasses } from './tick-classes.tsx'

const DIALOGS = { create: CreateProject, folders: Folders, import: Import, export: Export, prelabel: Prelabel, log: Log, history: History, keys: KeySheet, grid: ImageGrid, fit: Fit, memory: Memory, ticks: TickClasses, models: Models, agreement: Agreement } as const

/** The dialog that is open, and over it the question for a file. */
export function Dialogs() {
  const page = usePage()
  const open = usePart(page.store, (state) => state.dialog)
  const question = usePart(page.store, (state) => state.question)
  const Open = open === null ? null : DIALOGS[open]
  return (
    <>
      {Open === null ? null : <Open onClose={() => page.show(null)} />}
      {question === null ? null : <FileBrowser question={question} />}
    </>
  )
}
