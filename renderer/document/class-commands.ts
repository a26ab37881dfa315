import type { ClassEntry } from '../../main/contract/class-list.ts'
import type { Diff } from '../../main/contract/diff.ts'
import { CLASS_PALETTE } from '../theme/palette.ts'
import type { EditorCore } from './editor-core.ts'
import type { Editor } from './editor-state.ts'
import type { PerformEdits } from './perform-edits.ts'
import * as edits from './record-edits.ts'

/** What a person does to the class list. */
export function classCommands(core: EditorCore, { perform }: PerformEdits): Pick<Editor, 'setActiveClass' | 'addClassNames' | 'addClasses' | 'updateClass' | 'moveClass'> {
  const { store, fields, tell } = core
  const isFree = (name: string, except: number | null): boolean => name !== '' && !store.classes().some((one) => one.name === name && one.id !== except)
  const refuse = (name: string): void => (name === '' ? tell('classNeedsName') : tell('classTaken', { name }))
  const setActiveClass = (classId: number | null) => {
    fields.activeClassId = classId
    core.changed()
  }
  /** As one edit, after the classes that are there; a colour that is not given is one that no other class has, while there is one. Null: no ids are left. */
  const add = (entries: readonly ClassEntry[]): readonly number[] | null => {
    const ids = entries.flatMap(() => core.takeId() ?? [])
    if (ids.length < entries.length) return null
    perform('classList', null, () => {
      const classes = store.classes()
      const first = (classes.at(-1)?.order ?? -1) + 1
      const used = new Set([...classes, ...entries].map(({ colour }) => colour))
      return entries.reduce<Diff>((sum, { name, synonyms, colour: given, extent }, i) => {
        const colour = given ?? (CLASS_PALETTE.find((entry) => !used.has(entry.colour)) ?? CLASS_PALETTE[(classes.length + i) % CLASS_PALETTE.length]).colour
        used.add(colour)
        return edits.joinDiffs(sum, edits.addClassRecord(ids[i], { name, synonyms, extent, colour }, first + i))
      }, edits.EMPTY_DIFF)
    })
    return ids
  }

  return {
    setActiveClass,
    addClassNames(given) {
      const names = given.map((name) => name.trim())
      const [free, refused]: [string[], string[]] = [[], []]
      for (const name of names) (isFree(name, null) && !free.includes(name) ? free : refused).push(name)
      if (free.length > 0) {
        const ids = add(free.map((name) => ({ name, synonyms: [], colour: null, extent: 'thing' })))
        if (ids === null) return names
        setActiveClass(ids[ids.length - 1])
      }
      if (refused.length > 0) refuse(refused[0])
      return refused
    },
    addClasses(entries) {
      const known = new Set(store.classes().map(({ name }) => name))
      const fresh = entries.filter(({ name }) => !known.has(name))
      return fresh.length === 0 ? 0 : (add(fresh)?.length ?? 0)
    },
    updateClass(id, patch) {
      const name = patch.name?.trim()
      if (name !== undefined && !isFree(name, id)) return refuse(name)
      perform('classList', null, () => {
        const now = store.class(id)
        return now === undefined ? null : edits.editClassRecord(now, name === undefined ? patch : { ...patch, name })
      })
    },
    moveClass(id, by) {
      perform('classList', null, () => {
        const order = [...store.classes()]
        const from = order.findIndex((one) => one.id === id)
        const to = Math.min(order.length - 1, Math.max(0, from + by))
        if (from < 0 || to === from) return null
        order.splice(to, 0, ...order.splice(from, 1))
        return order.reduce<Diff>((sum, one, place) => (one.order === place ? sum : edits.joinDiffs(sum, edits.editClassRecord(one, { order: place }))), edits.EMPTY_DIFF)
      })
    },
  }
}
