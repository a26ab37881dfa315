import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { REGION_TRAITS } from '../../../main/attention/region-traits.ts'
import type { Pipeline } from '../../../main/pipeline/owner.ts'
import type { ClassTexts } from '../../../main/prelabel/class-texts.ts'
import { createLearning } from '../../../main/prelabel/learning.ts'
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import { adding, annotation, edit, labelClass, rectangle, scanned } from '../project/sample-project.ts'

const folder = mkdtempSync(join(tmpdir(), 'maskwright-learning-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A look whose feature is one axis of three; traits say nothing. */
const look = (axis: number): Float32Array => Float32Array.from({ length: 3 + REGION_TRAITS }, (_, k) => (k === axis ? 1 : 0))

/**
 * A cat that is kept looks like the first axis; of two proposals called dog that were rejected, one lies on the cat and looks like the
 * second, one lies beside it and looks like the third. The text calls everything an ox.
 */
function taught(name: string) {
  const file = openProjectFile(join(folder, `${name}.maskwright`), { create: { name } })
  const [imageId] = file.images.applyScan(file.folders.add('/pictures'), { added: [scanned('a.jpg')], changed: [], missing: [], returned: [] })
  const [cat, dog, ox] = ['cat', 'dog', 'ox'].map((called, order) => labelClass(file, called, { order }))
  edit(file, null, adding(cat, dog, ox))
  const region = (classId: number, state: 'accepted' | 'rejected', x: number, width: number) => annotation(file, imageId, { classId, state, mask: rectangle(x, 0, width, 10), areaPx2: 10 * width })
  const regions = [region(cat.id, 'accepted', 0, 50), region(dog.id, 'rejected', 10, 20), region(dog.id, 'rejected', 60, 20)]
  edit(file, imageId, adding(...regions))
  file.memory.put(regions.map(({ id, classId, state }, axis) => ({ annotationId: id, imageId, classId: classId ?? 0, pack: 'demo', checkpoints: '', positive: state === 'accepted', vector: look(axis) })))
  const texts: ClassTexts = { of: () => ({ classIds: [cat.id, dog.id, ox.id], cosines: Float32Array.of(0.2, 0.2, 0.3) }) }
  const learning = createLearning(file, {} as Pipeline, 'demo', { of: () => undefined, clear: () => undefined }, (message) => { throw new Error(message) }, {
    networks: () => Promise.resolve({}), checkpoints: () => Promise.resolve(''), texts: () => Promise.resolve(texts), weighed: () => undefined, headChanged: () => undefined,
  })
  const names = async () => (await learning.fusion(false, () => true))?.name([0, 1, 2].map((axis) => ({ vector: look(axis), text: texts.of(look(axis), null) }))).map(({ classId }) => classId)
  return { file, imageId, cat, ox, kept: regions[0], learning, names }
}

test('a rejected proposal on a mask that is kept teaches what it lies on, one beside it only what it is not', async () => {
  const { file, cat, ox, names } = taught('parts')
  expect(await names()).toEqual([cat.id, cat.id, ox.id])
  file.close()
})

test('a mask that was made to teach nothing has no parts that do', async () => {
  const { file, imageId, ox, kept, learning, names } = taught('muted')
  // another cat, beside it, by which the project tells that the text is wrong
  const other = annotation(file, imageId, { classId: kept.classId, state: 'accepted', mask: rectangle(0, 20, 10, 10), areaPx2: 100 })
  edit(file, imageId, adding(other))
  file.memory.put([{ annotationId: other.id, imageId, classId: kept.classId ?? 0, pack: 'demo', checkpoints: '', positive: true, vector: look(0) }])
  file.memory.mute(kept.id)
  learning.changed(imageId)
  expect(await names()).toEqual([kept.classId, ox.id, ox.id])
  file.close()
})
