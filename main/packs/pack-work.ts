import { EngineError } from '../contract/errors.ts'
import type { DeviceName } from '../contract/jobs.ts'
import type { PackProgress, PackReport } from '../contract/packs.ts'
import { ByteRate } from './byte-rate.ts'
import { installableManifest, recordAgreement, requireAgreement } from './catalogue.ts'
import type { Patience } from './download-file.ts'
import { installPack, type PackStep } from './install-pack.ts'
import { removePack } from './remove-pack.ts'
import { discardStaging, requireAbsent } from './staging.ts'
import { verifyPack } from './verify-pack.ts'

/** One installation, check or benchmark at a time, watched, paused and cancelled from outside. */
export interface PackWork {
  progress(): PackProgress
  /** Starts; how it goes on is told. @throws EngineError 'busy' | 'not-found' | 'not-allowed' */
  install(name: string, options: { readonly from: string | null; readonly agreedBy: string | null }): Promise<PackProgress>
  pause(): Promise<PackProgress>
  resume(): PackProgress
  /** Ends it; what an installation has so far is thrown away. */
  cancel(): Promise<PackProgress>
  /** @throws EngineError as `verifyPack`; 'cancelled' */
  verify(name: string): Promise<PackReport>
  /** Work that others do on a pack, as one of a kind with the rest. @throws what it throws; EngineError 'busy' | 'cancelled' */
  benchmark<T>(name: string, work: (signal: AbortSignal, onStep: (at: { readonly device: DeviceName | null; readonly done: number; readonly total: number | null }) => void) => Promise<T>): Promise<T>
  remove(name: string): Promise<void>
  /** resolves when the work that runs has ended */
  settled(): Promise<void>
  close(): Promise<void>
}

interface Running {
  readonly stop: AbortController
  readonly ended: Promise<void>
}

const TELL_MS = 200
const DOING = { install: 'installed', verify: 'verified', benchmark: 'timed' } as const satisfies Record<PackProgress['work'], string>

/**
 * Work on packs for the engine. Pausing breaks the installation off and keeps what came; resuming starts it again, which goes
 * on from there; so a pause, a closed program and a kill are one path.
 */
export function createPackWork(tell: (progress: PackProgress) => void, options: { readonly patience?: Patience } = {}): PackWork {
  let progress: PackProgress = { name: null, work: 'install', state: 'idle', step: 'listing', device: null, done: 0, total: null, rate: null, secondsLeft: null, message: null }
  let running: Running | null = null
  let last: { readonly name: string; readonly from: string | null } | null = null
  const rate = new ByteRate()
  let toldAt = 0

  const set = (change: Partial<PackProgress>, always = true): PackProgress => {
    progress = { ...progress, ...change }
    if (always || Date.now() - toldAt >= TELL_MS) {
      toldAt = Date.now()
      tell(progress)
    }
    return progress
  }
  const onStep = ({ step, done, total }: PackStep): void => {
    const another = step !== progress.step
    if (another) rate.reset()
    rate.add(done, performance.now())
    const perSecond = rate.perSecond()
    set({ step, done, total, rate: perSecond === null ? null : Math.max(0, perSecond), secondsLeft: perSecond === null || perSecond <= 0 || total === null ? null : Math.max(0, total - done) / perSecond }, another)
  }
  const requireIdle = (): void => {
    if (running !== null) throw new EngineError('busy', `${progress.name ?? 'a pack'} is being ${DOING[progress.work]}; wait for it, or cancel it`)
  }
  /** Runs work that can be stopped, and says how it ended. */
  const run = async <T>(change: Pick<PackProgress, 'name' | 'work' | 'step'>, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const stop = new AbortController()
    let end = (): void => undefined
    running = { stop, ended: new Promise((resolve) => { end = resolve }) }
    rate.reset()
    set({ ...change, state: 'running', device: null, done: 0, total: null, rate: null, secondsLeft: null, message: null })
    try {
      const result = await work(stop.signal)
      running = null
      set({ state: 'finished', rate: null, secondsLeft: null })
      return result
    } catch (error) {
      running = null
      const state = stop.signal.aborted ? (stop.signal.reason as Stopped).state : 'failed'
      set({ state, rate: null, secondsLeft: null, message: state === 'failed' ? messageOf(error) : null })
      throw stop.signal.aborted ? new EngineError('cancelled', `${change.name}: ${state}`) : error
    } finally {
      end()
    }
  }
  const start = (name: string, from: string | null, install: (signal: AbortSignal) => Promise<unknown>): PackProgress => {
    last = { name, from }
    // how it ends is told; nobody waits for it here
    run({ name, work: 'install', step: from === null ? 'listing' : 'checking' }, install).catch(() => undefined)
    return progress
  }
  const stopAs = async (state: Stopped['state']): Promise<void> => {
    running?.stop.abort(new Stopped(state))
    await running?.ended
  }
  const begin = async (name: string, from: string | null, agreedBy: string | null): Promise<PackProgress> => {
    requireIdle()
    const manifest = await installableManifest(name)
    requireAbsent(name)
    if (agreedBy !== null) await recordAgreement(manifest, agreedBy)
    await requireAgreement(manifest)
    requireIdle()
    return start(name, from, (signal) => installPack(manifest, { from, agreedBy: null, signal, onStep, patience: options.patience }))
  }

  return {
    progress: () => progress,
    install: (name, { from, agreedBy }) => begin(name, from, agreedBy),
    async pause() {
      if (running !== null && progress.work === 'install') await stopAs('paused')
      return progress
    },
    resume() {
      if (progress.state !== 'paused' || last === null) return progress
      const { name, from } = last
      requireIdle()
      return start(name, from, async (signal) => installPack(await installableManifest(name), { from, agreedBy: null, signal, onStep, patience: options.patience }))
    },
    async cancel() {
      const paused = progress.state === 'paused'
      if (running === null && !paused) return progress
      const { name, work } = progress
      await stopAs('cancelled')
      // it may have come to its end just before
      if (work === 'install' && name !== null && (progress.state === 'cancelled' || paused)) {
        await discardStaging(name)
        return set({ state: 'cancelled', done: 0, total: null })
      }
      return progress
    },
    async verify(name) {
      requireIdle()
      return run({ name, work: 'verify', step: 'checking' }, (signal) => verifyPack(name, { signal, onBytes: (done, total) => onStep({ step: 'checking', done, total }) }))
    },
    async benchmark(name, work) {
      requireIdle()
      return run({ name, work: 'benchmark', step: 'timing' }, (signal) => work(signal, (at) => { set(at) }))
    },
    async remove(name) {
      if (running !== null && progress.name === name) requireIdle()
      await removePack(name)
      if (progress.name === name) set({ state: 'idle', name: null, message: null, done: 0, total: null })
    },
    settled: async () => { await running?.ended },
    close: () => stopAs('paused'),
  }
}

/** Why work was stopped, as its state says it afterwards. */
class Stopped extends Error {
  readonly state: 'paused' | 'cancelled'
  constructor(state: 'paused' | 'cancelled') {
    super(state)
    this.state = state
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
