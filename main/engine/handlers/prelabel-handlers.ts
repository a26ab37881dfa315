import { CLASSIC_PACK, packGives, packMethods } from '../../contract/packs.ts'
import type { SomeHandlers } from '../../contract/handlers.ts'
import { listPacks } from '../../packs/catalogue.ts'
import { openPack } from '../../packs/open-pack.ts'
import type { Caller } from '../caller.ts'
import type { EngineContext } from '../context.ts'

type Names = 'prelabel.start' | 'prelabel.goOn' | 'prelabel.pause' | 'prelabel.resume' | 'prelabel.cancel' | 'prelabel.status' | 'prelabel.image' | 'prelabel.sureness' | 'prelabel.methods' | 'prelabel.preview' | 'prelabel.fitImages' | 'prelabel.fit' | 'smartclick.preview' | 'mask.snap'

/** The pre-label job and proposals for one image. */
export function prelabelHandlers(context: EngineContext): SomeHandlers<Names, Caller> {
  const job = () => context.project().prelabel
  const jobWithPack = async (name: string) => {
    const prelabel = job()
    // the networks' builders are needed only here
    const { requireSoundPack } = await import('../../packs/require-sound-pack.ts')
    await requireSoundPack(openPack(name))
    return prelabel
  }
  return {
    'prelabel.start': async (request) => (await jobWithPack(request.pack)).start(request),
    'prelabel.goOn': async (request) => (await jobWithPack(request.pack)).goOn(request),
    'prelabel.pause': () => job().pause(),
    'prelabel.resume': () => job().resume(),
    'prelabel.cancel': () => job().cancel(),
    'prelabel.status': () => job().status(),
    'prelabel.sureness': async ({ imageId }) => ({ proposals: await job().sureness(imageId) }),
    'prelabel.methods': async () => {
      const others = (await listPacks()).filter(({ name, state }) => name !== CLASSIC_PACK.name && (state === 'built-in' || state === 'installed'))
      const usable = [CLASSIC_PACK, ...others.map(({ name }) => openPack(name).manifest)]
      const methods = usable.flatMap((manifest) => packMethods(packGives(manifest)).map((method) => ({ pack: manifest.name, title: manifest.title, affinity: packGives(manifest).affinity, method, defaultSettings: manifest.defaultSettings })))
      const asked = context.project().file.jobs.lastRequest()
      const pack = usable.find(({ name }) => name === asked?.pack)
      return { methods, last: asked === undefined || pack === undefined ? null : { pack: pack.name, method: asked.method ?? pack.defaultMethod, settings: asked.settings } }
    },
    'prelabel.preview': ({ imageId, ...how }) => job().preview(imageId, how),
    'prelabel.fitImages': ({ limit }) => ({ imageIds: context.project().file.images.withKept(limit) }),
    'prelabel.fit': async ({ imageId, ...how }) => ({ ious: await job().fit(imageId, how) }),
    'smartclick.preview': ({ imageId, question }) => job().click(imageId, question),
    'mask.snap': ({ imageId, mask, reachPx }) => job().snap(imageId, mask, reachPx),
    'prelabel.image': ({ imageId, ...how }, caller) => {
      context.team.edits(caller, imageId)
      return job().image(imageId, how)
    },
  }
}
