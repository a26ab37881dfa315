import type { Client } from '../../main/contract/client.ts'

/** Ids for new records, taken at once from a block that the engine reserved for this page. */
export interface ReservedIds {
  /** null: none is left and the engine has not answered yet */
  take(): number | null
  /** Forgets the block (another project) and asks for a new one. Resolves when it is there; a failure is left to the next take. */
  renew(): Promise<void>
}

const BLOCK = 1000
/** below this many the next block is asked for */
const LOW = 200

export function createReservedIds(client: Client): ReservedIds {
  let blocks: { next: number; end: number }[] = []
  let asked: Promise<void> | null = null
  let generation = 0

  const ask = (): Promise<void> => {
    const mine = generation
    asked ??= client.call('ids.reserve', { count: BLOCK })
      .then(({ from }) => { if (mine === generation) blocks.push({ next: from, end: from + BLOCK }) })
      .catch(() => undefined)
      .finally(() => { if (mine === generation) asked = null })
    return asked
  }
  return {
    take() {
      blocks = blocks.filter((block) => block.next < block.end)
      if (blocks.reduce((left, block) => left + block.end - block.next, 0) < LOW) void ask()
      const block = blocks.at(0)
      return block === undefined ? null : block.next++
    },
    renew() {
      generation++
      blocks = []
      asked = null
      return ask()
    },
  }
}
