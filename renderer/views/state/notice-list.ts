import { createStore, type Readable } from './store.ts'

export interface Notice {
  readonly id: number
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  /** what it is about, if a later notice about the same says all there is to say; else null */
  readonly topic: string | null
}

export interface NoticeList extends Readable<{ readonly notices: readonly Notice[] }> {
  /** An error stays until it is dismissed; the others go after a while. The same words twice are one notice, and so are two about one topic. */
  add(level: Notice['level'], message: string, topic?: string): void
  dismiss(id: number): void
}

/** ms a notice that is no error can be read */
const SHOWN_FOR = { info: 6000, warn: 12_000 } as const
/** more than this at once hide the picture; the oldest that is no error goes first */
const MOST = 5

export function createNoticeList(later: (run: () => void, milliseconds: number) => void = (run, milliseconds) => { setTimeout(run, milliseconds) }): NoticeList {
  const store = createStore<{ readonly notices: readonly Notice[] }>({ notices: [] })
  let lastId = 0
  const dismiss = (id: number) => store.set({ notices: store.state().notices.filter((notice) => notice.id !== id) })
  return {
    state: store.state,
    subscribe: store.subscribe,
    dismiss,
    add(level, message, topic) {
      lastId += 1
      const id = lastId
      const others = store.state().notices.filter((notice) => (notice.level !== level || notice.message !== message) && (topic === undefined || notice.topic !== topic))
      const dropped = others.length < MOST ? undefined : (others.find((notice) => notice.level !== 'error') ?? others[0])
      store.set({ notices: [...others.filter((notice) => notice !== dropped), { id, level, message, topic: topic ?? null }] })
      if (level !== 'error') later(() => dismiss(id), SHOWN_FOR[level])
    },
  }
}
