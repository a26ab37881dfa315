import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { createClient, type Client } from '../../../main/contract/client.ts'
import type { EngineEvent } from '../../../main/contract/events.ts'
import type { Grant } from '../../../main/contract/files.ts'
import type { Caller } from '../../../main/engine/caller.ts'
import { createEngine } from '../../../main/engine/create-engine.ts'
import type { Engine, EngineOptions } from '../../../main/engine/engine.ts'
import { forkNode } from '../../../main/engine/fork-node.ts'

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

/** An engine on a fresh folder, spoken to only through `engine.call`; closed and deleted when the test ends. */
export interface TestEngine {
  readonly engine: Engine
  readonly client: Client
  readonly caller: Caller
  readonly events: EngineEvent[]
  /** the allowed root: work/ of the test's own folder */
  readonly root: string
  readonly dataFolder: string
  /** finds a path below the root by browsing, as a person would */
  grantOf(relativePath: string): Promise<Grant>
  clientOf(caller: Caller): Client
}

export async function startEngine(options: Partial<EngineOptions> = {}, folder = newTestFolder()): Promise<TestEngine> {
  const root = join(folder, 'work')
  const dataFolder = join(folder, 'data')
  mkdirSync(root, { recursive: true })
  const engine = await createEngine({ shell: 'serve', fork: forkNode, pipelineEntry: join(ROOT, 'main/pipeline/entry.ts'), dataFolder, roots: [root], checkOutputs: true, ...options })
  onTestFinished(() => engine.close())
  const caller: Caller = { id: 'page', author: 'Ada' }
  const events: EngineEvent[] = []
  engine.subscribe(caller, (event) => events.push(event))
  const clientOf = (who: Caller) => createClient({ call: (name, input) => engine.call(name, input, who), onEvent: (listener) => engine.subscribe(who, listener), onConnection: () => () => undefined })
  const client = clientOf(caller)
  const grantOf = async (relativePath: string) => {
    let here = (await client.call('files.browse', {})).entries[0]
    for (const name of relativePath.split('/').filter((part) => part !== '')) {
      const { entries } = await client.call('files.browse', { grant: here.grant })
      const next = entries.find((entry) => entry.name === name)
      if (next === undefined) throw new Error(`${name} is not among ${entries.map((entry) => entry.name).join()}`)
      here = next
    }
    return here
  }
  return { engine, client, caller, events, root, dataFolder, grantOf, clientOf }
}

export function newTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-engine-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
