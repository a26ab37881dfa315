import type { Answer } from '../contract/client.ts'
import type { Handlers } from '../contract/handlers.ts'
import { PROCEDURES, type ProcedureName } from '../contract/procedures.ts'
import type { Caller } from './caller.ts'
import type { Log } from './context.ts'
import { failureOf, misfit } from './failures.ts'

/**
 * Turns a map of handlers into one function from call to answer: the input is checked against its schema, the output
 * too when `checkOutputs`, and whatever a handler throws becomes a failure as data. Never rejects.
 */
export function answerCalls(handlers: Handlers<Caller>, { log, checkOutputs }: { log: Log; checkOutputs: boolean }): (name: ProcedureName, input: unknown, caller: Caller) => Promise<Answer> {
  return async (name, input, caller) => {
    try {
      const { input: inputSchema, output: outputSchema } = PROCEDURES[name]
      const parsed = inputSchema.safeParse(input)
      if (!parsed.success) return { ok: false, code: 'bad-input', message: `${name}: ${misfit(parsed.error)}` }
      const handler = handlers[name] as (input: unknown, caller: Caller) => unknown
      const value = await handler(parsed.data, caller)
      if (checkOutputs) {
        const checked = outputSchema.safeParse(value)
        if (!checked.success) {
          const message = `${name} answered what its contract does not allow: ${misfit(checked.error)}`
          log.write('error', 'engine', message)
          return { ok: false, code: 'bad-output', message }
        }
      }
      return { ok: true, value }
    } catch (error) {
      return failureOf(error, name, log)
    }
  }
}
