import type { Client, Connection } from '../../../main/contract/client.ts'
import type { EventOf } from '../../../main/contract/events.ts'
import type { PipelineState, PrelabelStatus } from '../../../main/contract/jobs.ts'
import type { PackProgress } from '../../../main/contract/packs.ts'
import type { OutputOf } from '../../../main/contract/procedures.ts'
import { createStore, type Readable } from './store.ts'

export interface EngineState {
  readonly connection: Connection
  /** null until the engine has answered once */
  readonly info: OutputOf<'app.info'> | null
  readonly pipeline: PipelineState | null
  readonly job: PrelabelStatus | null
  readonly transfer: EventOf<'transfer.progress'> | null
  readonly scan: EventOf<'scan.progress'> | null
  readonly pack: PackProgress | null
}

/** What the engine last said of itself and of its long work. */
export interface EngineWatch extends Readable<EngineState> {
  refresh(): Promise<void>
  /** The answer of a job call, which is newer than the last event. */
  setJob(job: PrelabelStatus): void
  /** The answer of a call about packs, likewise. */
  setPack(pack: PackProgress): void
  /** A transfer or scan has ended; its progress goes. */
  clearProgress(): void
}

export function watchEngine(client: Client): EngineWatch {
  const store = createStore<EngineState>({ connection: 'open', info: null, pipeline: null, job: null, transfer: null, scan: null, pack: null })
  client.on('prelabel.status', (job) => store.set({ job }))
  client.on('pipeline.state', (pipeline) => store.set({ pipeline }))
  client.on('transfer.progress', (transfer) => store.set({ transfer }))
  client.on('scan.progress', (scan) => store.set({ scan }))
  client.on('packs.progress', (pack) => store.set({ pack }))
  client.onConnection((connection) => store.set({ connection }))
  return {
    state: store.state,
    subscribe: store.subscribe,
    setJob: (job) => store.set({ job }),
    setPack: (pack) => store.set({ pack }),
    clearProgress: () => store.set({ transfer: null, scan: null }),
    async refresh() {
      const info = await client.call('app.info', {})
      store.set({ info, pipeline: info.pipeline })
      store.set({ job: info.project ? await client.call('prelabel.status', {}) : null })
    },
  }
}
