import type { Client } from '../../main/contract/client.ts'
import type { ClickQuestion } from '../../main/contract/smart-click.ts'
import type { ClickAnswer } from '../tools/tool-state.ts'

/** Questions of the smart click on their way to the engine: one at a time, and of those that wait only the newest. */
export interface ClickQuestions {
  /** @returns the ticket that its answer will bear; of a question that a newer one overtakes there is no answer */
  ask(imageId: number, question: ClickQuestion): number
}

/** @param answered  null: it could not be answered, and the reason was given to `failed` */
export function createClickQuestions(client: Client, answered: (ticket: number, answer: ClickAnswer | null) => void, failed: (error: unknown) => void): ClickQuestions {
  let ticket = 0
  let asking = false
  let waiting: { readonly ticket: number; readonly imageId: number; readonly question: ClickQuestion } | undefined
  const advance = async (): Promise<void> => {
    if (asking) return
    asking = true
    for (let next = waiting; next !== undefined; next = waiting) {
      waiting = undefined
      try {
        const answer = await client.call('smartclick.preview', { imageId: next.imageId, question: next.question })
        answered(next.ticket, answer)
      } catch (error) {
        // a question that a newer one has overtaken is of no interest any more
        if (next.ticket === ticket) failed(error)
        answered(next.ticket, null)
      }
    }
    asking = false
  }
  return {
    ask(imageId, question) {
      waiting = { ticket: ++ticket, imageId, question }
      void advance()
      return ticket
    },
  }
}
