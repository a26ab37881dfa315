import { createContext, use } from 'react'
import type { CommandId } from '../../main/contract/commands.ts'
import type { ProcedureName } from '../../main/contract/procedures.ts'
import { type GuardedEdit, mayCall, mayEdit } from '../../main/contract/roles.ts'
import type { EditorState } from '../document/editor-state.ts'
import type { Page } from './state/page.ts'
import { usePart } from './state/use-part.ts'

interface PageContextValue {
  readonly page: Page
  /** a key of the contract as it is printed on this keyboard */
  readonly nameOfKey: (key: string) => string
}

export const PageContext = createContext<PageContextValue | null>(null)

const useContextValue = (): PageContextValue => {
  const value = use(PageContext)
  if (value === null) throw new Error('a view stands outside <PageContext>; main.tsx provides it')
  return value
}

export const usePage = (): Page => useContextValue().page

/** The name of a command's first key, as it is now; undefined: it has none. */
export function useKeyOf(): (command: CommandId) => string | undefined {
  const { page, nameOfKey } = useContextValue()
  const table = usePart(page.keys, (state) => state.table)
  return (command) => {
    const first = table[command].at(0)
    return first === undefined ? undefined : nameOfKey(first)
  }
}

/** Whether this page's person may call a procedure; without a team, any. */
export function useMay(): (name: ProcedureName) => boolean {
  const role = usePart(usePage().engine, (state) => state.info?.role ?? null)
  return (name) => mayCall(role, name)
}

/** Whether this page's person may make such an edit. */
export function useMayEdit(edit: GuardedEdit): boolean {
  return mayEdit(usePart(usePage().engine, (state) => state.info?.role ?? null), edit)
}

/** How a key of the contract is printed on this keyboard. */
export const useNameOfKey = (): ((key: string) => string) => useContextValue().nameOfKey

/** One part of the document; renders again only when it changes its identity. */
export function useEditor<P>(part: (state: EditorState) => P): P {
  return usePart(usePage().editor, part)
}
