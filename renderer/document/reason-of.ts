import { EngineError } from '../../main/contract/errors.ts'

/** Why something failed, in the person's language: a sentence `reason.CODE` for each of the engine's codes, with the engine's own message, which is English, as the detail. */
export function reasonOf(error: unknown, words: (key: string, values: { readonly message: string }) => string): string {
  if (error instanceof EngineError) return words(`reason.${error.code}`, { message: error.message })
  return error instanceof Error ? error.message : String(error)
}
