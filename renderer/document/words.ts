/** A sentence in the person's language, by its key in resources/translations. */
export type Words = (key: string, values?: Readonly<Record<string, string | number>>) => string

/** What the document has to say to a person; each is a sentence `said.KEY` in resources/translations. */
export const SAID = [
  'locked', 'pictureNotRead', 'noPixel', 'selectFirst', 'selectTwo', 'onePart', 'notParted', 'noHoles', 'allKept', 'classNeedsName', 'classTaken', 'heldBy', 'heldUndo', 'heldRedo',
  'noIds', 'clickFailed', 'snapFailed', 'undoFailed', 'redoFailed', 'undoNeedsEngine', 'redoNeedsEngine', 'imageNotOpened', 'projectNotRead', 'notSaved', 'editRefused', 'editsRefused', 'changedElsewhere', 'changedBy',
] as const
export type SaidKey = (typeof SAID)[number]

/** Why something just tried does not go: of no interest any more once the person does something else. All others stay until they are read or the next edit. */
export const HINTS: ReadonlySet<SaidKey> = new Set<SaidKey>([
  'locked', 'pictureNotRead', 'noPixel', 'selectFirst', 'selectTwo', 'onePart', 'notParted', 'noHoles', 'allKept', 'classNeedsName', 'classTaken', 'heldBy', 'heldUndo', 'heldRedo',
])

/** What is said of another's turn: over with it. */
export const OF_A_TURN: ReadonlySet<SaidKey> = new Set<SaidKey>(['heldBy', 'heldUndo', 'heldRedo'])
