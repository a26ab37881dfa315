import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { EngineEvent } from '../../../main/contract/events.ts'
import { PrelabelRequest } from '../../../main/contract/jobs.ts'
import type { MethodName } from '../../../main/contract/methods.ts'
import { forkNode } from '../../../main/engine/fork-node.ts'
import { regionsOf } from '../../../main/formats/label-regions.ts'
import { areaOf } from '../../../main/masks/rle.ts'
import { createPrelabel } from '../../../main/prelabel/prelabel.ts'
import { lookKey } from '../../../main/packs/checkpoint-key.ts'
import { openPack } from '../../../main/packs/open-pack.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import { renderScene } from '../../../main/scenes/render-scene.ts'
import { seededRandom } from '../../../main/segment/seeded-random.ts'
import { adding, annotation, edit, labelClass, rectangle, scanned, updating } from '../../unit/project/sample-project.ts'
import { classesOf } from './fused-names.ts'

const ENTRY = join(import.meta.dirname, '../../../main/pipeline/entry.ts')
const SEED = 3_000_000, SIDE = 256, NO_REGION = 0xffff
const SCENES = 24
/** Scenes labelled whole before, and proposals judged one after another. */
const LABELLED = 12, JUDGED = 6
/** Masks of each picture that stands for many. */
const EACH = 5
/** Longest that is waited for a name to change. */
const WAIT_MS = 30_000

/** Milliseconds from a judged proposal to the first changed name, of each judged one. @property first of the first lesson, for which the picture on screen has to be looked at */
export interface LessonLatency { readonly first: number; readonly onScreen: readonly number[]; readonly background: readonly number[] }

/**
 * How long a lesson takes to reach the names of the picture on screen, and of the first one behind it, in a project of 24 scenes with
 * `remembered` masks: those of twelve scenes, and more like them on pictures that are not there.
 */
export async function lessonLatency(pack: 'classic' | 'demo', method: MethodName, remembered: number): Promise<LessonLatency> {
  const home = mkdtempSync(join(tmpdir(), 'maskwright-lesson-'))
  const file = openProjectFile(join(home, 'lesson.maskwright'), { create: { name: 'Lesson' } })
  const heard: { readonly imageId: number; readonly at: number }[] = []
  let finished: () => void = () => undefined
  const prelabel = createPrelabel({
    file, options: { pipelineEntry: ENTRY, fork: forkNode, shell: 'cli', dataFolder: join(home, 'data') },
    log: { write: () => undefined, recent: () => [], exportTo: () => Promise.resolve() },
    emit(event: EngineEvent) {
      // a picture that is proposed for once more has other names too
      const imageId = event.name === 'proposals.renamed' || event.name === 'records.changed' ? event.data.imageId : null
      if (imageId !== null) heard.push({ imageId, at: performance.now() })
      if (event.name === 'prelabel.status' && event.data.state === 'finished') finished()
    },
  })
  try {
    const checkpoints = await lookKey(openPack(pack))
    const folderId = file.folders.add(home)
    const names = Array.from({ length: SCENES }, (_, i) => `scene-${String(i).padStart(2, '0')}.png`)
    const scenes = []
    for (const [i, name] of names.entries()) {
      const scene = await renderScene(SEED + i, SIDE)
      await sharp(scene.rgb, { raw: { width: SIDE, height: SIDE, channels: 3 } }).png().toFile(join(home, name))
      scenes.push(scene)
    }
    const absent = Array.from({ length: Math.ceil(remembered / EACH) }, (_, i) => `absent-${i}.png`)
    const imageIds = file.images.applyScan(folderId, { added: [...names, ...absent].map((path) => scanned(path, { width: SIDE, height: SIDE })), changed: [], missing: [], returned: [] })
    // words of its own: the memory is worth something then, and names change
    const classes = classesOf('own words').map(({ name, extent }, order) => labelClass(file, name, { order, extent }))
    edit(file, null, adding(...classes))
    const drawn = (imageId: number, classId: number, mask = rectangle(0, 0, 40, 40)) => annotation(file, imageId, { classId, mask, areaPx2: areaOf(mask) })
    scenes.slice(0, LABELLED).forEach(({ ids, objects }, i) => {
      edit(file, imageIds[i], adding(...[...regionsOf(ids, SIDE, SIDE, NO_REGION)].map(([object, mask]) => drawn(imageIds[i], classes[objects[object].place].id, mask))))
    })
    const done = new Promise<void>((resolve) => { finished = resolve })
    prelabel.start(PrelabelRequest.parse({ scope: imageIds.slice(0, SCENES), pack, method, device: 'cpu' }))
    await done
    // the twelve scenes are learnt, whatever the job took the time for
    for (let i = 0; i < LABELLED; i++) prelabel.taught(imageIds[i])
    for (const until = performance.now() + WAIT_MS; file.annotations.untaught(pack, checkpoints, 1).length > 0 && performance.now() < until;) await pause(50)
    const learnt = file.memory.all(pack)
    const random = seededRandom(1)
    for (let at = 0, absentAt = SCENES; at + learnt.length < remembered; at += EACH, absentAt++) {
      const lessons = Array.from({ length: EACH }, () => learnt[Math.floor(random() * learnt.length)])
      const added = lessons.map(({ classId }) => drawn(imageIds[absentAt], classId))
      edit(file, imageIds[absentAt], adding(...added))
      file.memory.put(added.map(({ id, imageId }, k) => ({ annotationId: id, imageId, classId: lessons[k].classId, pack, checkpoints, positive: true, vector: lessons[k].vector.map((value) => value * (0.95 + 0.1 * random())) })))
    }
    return await judge(file, prelabel, heard, imageIds.slice(LABELLED, SCENES), classes.map(({ id }) => id))
  } finally {
    await prelabel.close()
    file.close()
    rmSync(home, { recursive: true, force: true })
  }
}

async function judge(file: ReturnType<typeof openProjectFile>, prelabel: ReturnType<typeof createPrelabel>, heard: { readonly imageId: number; readonly at: number }[], imageIds: readonly number[], classIds: readonly number[]): Promise<LessonLatency> {
  const [shown, ...judged] = imageIds
  const onScreen: number[] = [], background: number[] = []
  prelabel.onScreen(shown)
  await pause(2000)
  for (const [turn, imageId] of judged.slice(0, JUDGED + 1).entries()) {
    heard.length = 0
    // as it is now: it may have been made once more since the last lesson
    const proposal = file.annotations.ofImage(imageId).find(({ state }) => state === 'pending')
    if (proposal === undefined) throw new Error(`nothing is proposed for scene ${LABELLED + 1 + turn}`)
    // another class each time, so that names have a reason to change
    edit(file, proposal.imageId, updating([proposal, { state: 'accepted', classId: classIds[turn % classIds.length] }]))
    const from = performance.now()
    prelabel.taught(proposal.imageId)
    const first = async (which: (imageId: number) => boolean): Promise<number> => {
      for (const until = from + WAIT_MS; performance.now() < until; await pause(2)) {
        const found = heard.find(({ imageId }) => which(imageId))
        if (found !== undefined) return found.at - from
      }
      throw new Error(`no name changed within ${WAIT_MS} ms of lesson ${turn + 1}`)
    }
    onScreen.push(await first((imageId) => imageId === shown))
    background.push(await first((imageId) => imageId !== shown && imageId !== proposal.imageId))
    await pause(1500)
  }
  return { first: onScreen[0], onScreen: onScreen.slice(1), background: background.slice(1) }
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds) })
