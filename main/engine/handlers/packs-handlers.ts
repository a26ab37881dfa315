import { join } from 'node:path'
import type { SomeHandlers } from '../../contract/handlers.ts'
import type { PackProgress } from '../../contract/packs.ts'
import { dropInt8Of } from '../../inference/int8-files.ts'
import { listPacks } from '../../packs/catalogue.ts'
import { installedPacksFolder } from '../../packs/pack-folders.ts'
import type { PackWork } from '../../packs/pack-work.ts'
import { INT8_CACHE, MAPS_CACHE, pipelineArguments } from '../../pipeline/arguments.ts'
import type { Caller } from '../caller.ts'
import type { EngineContext } from '../context.ts'

type Names = 'packs.list' | 'packs.install' | 'packs.pause' | 'packs.resume' | 'packs.cancel' | 'packs.verify' | 'packs.benchmark' | 'packs.remove'

/** Packs of models. What they need, the hub's client among it, is loaded when the first is asked for. */
export function packsHandlers(context: EngineContext): { readonly handlers: SomeHandlers<Names, Caller>; close(): Promise<void> } {
  let made: Promise<PackWork> | undefined
  const tell = (progress: PackProgress): void => {
    context.emit({ name: 'packs.progress', data: progress })
    if (progress.state === 'finished' || progress.state === 'failed' || progress.state === 'cancelled') {
      context.log.write(progress.state === 'failed' ? 'warn' : 'info', 'packs', `${progress.name}: ${progress.work} ${progress.state}${progress.message === null ? '' : `: ${progress.message}`}`)
    }
  }
  const work = (): Promise<PackWork> => (made ??= import('../../packs/pack-work.ts').then(({ createPackWork }) => createPackWork(tell)))
  return {
    handlers: {
      'packs.list': async () => {
        const [{ hubEndpoint, hostOf }, running] = await Promise.all([import('../../packs/hub.ts'), work()])
        return { packs: [...await listPacks()], progress: running.progress(), folder: installedPacksFolder(), hub: hostOf(hubEndpoint()) }
      },
      'packs.install': async ({ name, agree, grant }, caller) =>
        (await work()).install(name, { from: grant === undefined ? null : context.grants.pathOf(grant), agreedBy: agree ? caller.author : null }),
      'packs.pause': async () => (await work()).pause(),
      'packs.resume': async () => (await work()).resume(),
      'packs.cancel': async () => (await work()).cancel(),
      'packs.verify': async ({ name }) => (await work()).verify(name),
      'packs.benchmark': async ({ name, precision }) => {
        const [{ benchmarkDevices }, running] = await Promise.all([import('../../prelabel/benchmark-devices.ts'), work()])
        const { fork, pipelineEntry: entry, dataFolder, shell } = context.options
        const args = pipelineArguments(join(dataFolder, ...MAPS_CACHE), shell !== 'cli')
        return running.benchmark(name, (signal, onStep) => benchmarkDevices({ fork, entry, args, pack: name, device: 'auto', precision, signal, onStep }))
      },
      'packs.remove': async ({ name }) => {
        await (await work()).remove(name)
        await dropInt8Of(join(context.options.dataFolder, ...INT8_CACHE), name)
        return {}
      },
    },
    close: async () => { await (await made)?.close() },
  }
}
