import type { Editor } from '../../document/editor-state.ts'
import type { EngineWatch } from './engine-state.ts'
import type { NoticeList } from './notice-list.ts'

interface Parts {
  readonly editor: Pick<Editor, 'state' | 'subscribe'>
  readonly engine: Pick<EngineWatch, 'state' | 'subscribe'>
  readonly notices: Pick<NoticeList, 'add'>
  readonly say: (key: string, values?: Record<string, string | number>) => string
}

/** Notices of what a person would else miss: an undo that changed the class list, the end of a pre-label job or of a pack's installation. */
export function sayWhatHappened({ editor, engine, notices, say }: Parts): void {
  let { lastStep } = editor.state()
  editor.subscribe(() => {
    const step = editor.state().lastStep
    if (step === lastStep) return
    lastStep = step
    // what it changed may stand in no row that is on screen
    if (step !== null && step.imageId === null) notices.add('warn', say(`notice.${step.direction}InList`, { what: say(`edit.${step.label}`, { defaultValue: step.label }) }))
  })
  let before = engine.state().job
  engine.subscribe(() => {
    const { job } = engine.state()
    const ran = before !== null && (before.state === 'running' || before.state === 'paused')
    before = job
    if (!ran || job === null || (job.state !== 'finished' && job.state !== 'cancelled')) return
    const [problem] = job.problems
    if (problem !== undefined) notices.add('error', say('notice.jobLeftOut', { count: job.failed, path: problem.path, reason: problem.reason }))
    notices.add('info', job.unnamed > 0 ? say('notice.jobEndedUnnamed', { count: job.proposals, unnamed: job.unnamed }) : say('notice.jobEnded', { count: job.proposals }))
  })
  let packBefore = engine.state().pack
  engine.subscribe(() => {
    const { pack } = engine.state()
    const ended = packBefore?.state === 'running' && pack !== null && pack.work === 'install' && pack.name !== null
    packBefore = pack
    if (!ended) return
    if (pack.state === 'finished') notices.add('info', say('notice.packInstalled', { name: pack.name ?? '' }))
    if (pack.state === 'failed') notices.add('error', say('notice.packFailed', { name: pack.name ?? '', reason: pack.message ?? '' }))
  })
}
