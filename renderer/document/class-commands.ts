import type { Diff } from '../../main/contract/diff.ts'
import { CLASS_PALETTE } from '../theme/palette.ts'
import type { EditorCore } from './editor-core.ts'
import type { Editor } from './editor-state.ts'
import type { PerformEdits } from './perform-edits.ts'
import * as edits from './record-edits.ts'

/** What a person does to the class list. */
export function classCommands(core: EditorCore, { perform }: PerformEdits): Pick<Editor, 'setActiveClass' | 'addClass' | 'addClasses' | 'updateClass' | 'moveClass'> {
  const { store, fields, tell } = core
  const nameIsFree = (name: string, except: number | null): boolean => {
    if (name === '') tell('classNeedsName')
    else if (store.classes().some((one) => one.name === name && one.id !== except)) tell('classTaken', { name })
    else return true
    return false
  }
  const setActiveClass = (classId: number | null) => {
    fields.activeClassId = classId
    core.changed()
  }

  return {
    setActiveClass,
    addClass(given) {
      const name = given.trim()
      if (!nameIsFree(name, null)) return null
      const id = core.takeId()
      if (id === null) return null
      perform('classList', null, () => {
        const classes = store.classes()
        const used = new Set(classes.map(({ colour }) => colour))
        const { colour } = CLASS_PALETTE.find((entry) => !used.has(entry.colour)) ?? CLASS_PALETTE[classes.length % CLASS_PALETTE.length]
        return edits.addClassRecord(id, name, colour, (classes.at(-1)?.order ?? -1) + 1)
      })
      setActiveClass(id)
      return id
    },
    addClasses(entries) {
      const known = new Set(store.classes().map(({ name }) => name))
      const fresh = entries.filter(({ name }) => !known.has(name))
      const ids = fresh.flatMap(() => core.takeId() ?? [])
      if (fresh.length === 0 || ids.length < fresh.length) return 0
      perform('classList', null, () => {
        const classes = store.classes()
        const first = (classes.at(-1)?.order ?? -1) + 1
        return fresh.reduce<Diff>((sum, { name, synonyms, colour, extent }, i) => {
          const { added } = edits.addClassRecord(ids[i], name, colour ?? CLASS_PALETTE[(classes.length + i) % CLASS_PALETTE.length].colour, first + i)
          return edits.joinDiffs(sum, { ...edits.EMPTY_DIFF, added: added.map((record) => (record.kind === 'class' ? { ...record, synonyms, extent } : record)) })
        }, edits.EMPTY_DIFF)
      })
      return fresh.length
    },
    updateClass(id, patch) {
      const name = patch.name?.trim()
      if (name !== undefined && !nameIsFree(name, id)) return
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
