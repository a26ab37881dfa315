import { createStore, type Readable } from './store.ts'

export interface Notice {
  readonly id: number
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
}

export interface NoticeList extends Readable<{ readonly notices: readonly Notice[] }> {
  /** An error stays until it is dismissed; the others go after a while. The same words twice are one notice. */
  add(level: Notice['level'], message: string): void
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
    add(level, message) {
      lastId += 1
      const id = lastId
      const others = store.state().notices.filter((notice) => notice.level !== level || notice.message !== message)
      const dropped = others.length < MOST ? undefined : (others.find((notice) => notice.level !== 'error') ?? others[0])
      store.set({ notices: [...others.filter((notice) => notice !== dropped), { id, level, message }] })
      if (level !== 'error') later(() => dismiss(id), SHOWN_FOR[level])
    },
  }
}
