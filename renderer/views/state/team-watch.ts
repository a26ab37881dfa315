import type { Client } from '../../../main/contract/client.ts'
import type { TeamMember } from '../../../main/contract/team.ts'
import type { Editor } from '../../document/editor-state.ts'
import type { EngineWatch } from './engine-state.ts'
import { createStore, type Readable } from './store.ts'

/** An image is free again a minute after its page was last heard of. */
const HERE_MS = 20_000

export interface TeamState {
  /** everybody whose page is open, this one's person included; empty without a team */
  readonly members: readonly TeamMember[]
}

/** Who is where. Says for this page which image is on it, so that nobody else edits that. */
export interface TeamWatch extends Readable<TeamState> {
  /** The open image becomes this person's to edit, whoever has it; for owners. */
  takeOver(): Promise<void>
}

export function watchTeam(client: Client, editor: Editor, engine: EngineWatch): TeamWatch {
  const store = createStore<TeamState>({ members: [] })
  let openId: number | null = null
  let asked = 0

  const inTeam = (): boolean => (engine.state().info?.role ?? null) !== null
  const say = async (call: () => Promise<{ lease: { holder: string | null }; members: readonly TeamMember[] }>): Promise<void> => {
    const mine = ++asked
    const { lease, members } = await call()
    if (mine !== asked) return
    editor.setHolder(lease.holder)
    store.set({ members })
  }
  const here = (): void => {
    if (!inTeam()) return
    const imageId = openId
    // lost with the connection; said again when it is back, and every 20 s
    say(() => client.call('team.here', { imageId })).catch(() => undefined)
  }

  client.on('team.changed', ({ members }) => {
    store.set({ members })
    const me = engine.state().info?.person
    const holder = members.find((member) => openId !== null && member.imageId === openId && member.editing)?.name ?? null
    if (openId !== null && holder !== me) here()
  })
  client.onConnection((connection) => { if (connection === 'open') here() })
  editor.subscribe(() => {
    const { image } = editor.state()
    if ((image?.id ?? null) === openId) return
    openId = image?.id ?? null
    editor.setHolder(null)
    here()
  })
  let known = false
  engine.subscribe(() => {
    if (known || !inTeam()) return
    known = true
    editor.signAs(engine.state().info?.person ?? '')
    here()
    setInterval(here, HERE_MS)
  })

  return {
    state: store.state,
    subscribe: store.subscribe,
    async takeOver() {
      const imageId = openId
      if (imageId !== null) await say(() => client.call('team.takeOver', { imageId }))
    },
  }
}
