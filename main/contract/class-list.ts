import { z } from 'zod'
import { Colour, LabelClass } from './records.ts'

/** A class of a list file. `colour` null: the file gives none. */
export const ClassEntry = LabelClass.pick({ name: true, synonyms: true, extent: true }).extend({ colour: Colour.nullable() })
export type ClassEntry = z.infer<typeof ClassEntry>
