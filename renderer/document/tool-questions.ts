import type { Client } from '../../main/contract/client.ts'
import type { ClickQuestion } from '../../main/contract/smart-click.ts'
import type { Mask } from '../../main/masks/mask.ts'
import type { ClickAnswer } from '../tools/tool-state.ts'

/** Questions of tools on their way to the engine: one at a time, and of those that wait only the newest. */
export interface ToolQuestions {
  /** What clicks mean. @returns the ticket that its answer will bear; of a question that a newer one overtakes there is no answer */
  click(imageId: number, question: ClickQuestion): number
  /** A mask with its outline on the picture's edges: likewise. */
  snap(imageId: number, mask: Mask, reachPx: number): number
}

/** @param answered  null: it could not be answered, and the reason was given to `failed` */
export function createToolQuestions(client: Client, answered: (ticket: number, answer: ClickAnswer | null) => void, failed: (what: 'click' | 'snap', error: unknown) => void): ToolQuestions {
  let ticket = 0
  let asking = false
  let waiting: { readonly ticket: number; readonly what: 'click' | 'snap'; readonly ask: () => Promise<ClickAnswer> } | undefined
  const advance = async (): Promise<void> => {
    if (asking) return
    asking = true
    for (let next = waiting; next !== undefined; next = waiting) {
      waiting = undefined
      try {
        answered(next.ticket, await next.ask())
      } catch (error) {
        // a question that a newer one has overtaken is of no interest any more
        if (next.ticket === ticket) failed(next.what, error)
        answered(next.ticket, null)
      }
    }
    asking = false
  }
  const put = (what: 'click' | 'snap', ask: () => Promise<ClickAnswer>): number => {
    waiting = { ticket: ++ticket, what, ask }
    void advance()
    return ticket
  }
  return {
    click: (imageId, question) => put('click', () => client.call('smartclick.preview', { imageId, question })),
    snap: (imageId, mask, reachPx) => put('snap', async () => ({ mask: (await client.call('mask.snap', { imageId, mask, reachPx })).mask, part: null })),
  }
}
