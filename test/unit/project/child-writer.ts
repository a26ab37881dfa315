/**
 * A process of its own for the tests. `node child-writer.ts COMMAND FILE`:
 * write — opens or creates FILE and adds one annotation an edit, printing `written ID` after each answer, until it is killed
 * join — opens FILE and imports an annotation for each of its images; kills itself as soon as a part of them is joined
 * hold — opens FILE, collects garbage, prints `open`, and waits: the lock must not need anybody who holds the project
 * try — tries to open (or with `new`, to create) FILE and prints `ok` or the error's code and message
 */
import { openProjectFile } from '../../../main/project/open-project-file.ts'
import type { Annotation } from '../../../main/contract/records.ts'
import { EngineError } from '../../../main/contract/errors.ts'

const [command, file, how] = process.argv.slice(2)

if (command === 'write') {
  const project = openProjectFile(file)
  const [{ id: imageId }] = project.images.page({}, 0, 1).rows
  for (;;) {
    const id = project.ids.reserve(1)
    const runs = new Uint8Array(2000).fill(1)
    const record: Annotation = {
      kind: 'annotation', id, version: 0, imageId, classId: null, state: 'drawn', mask: { x: 0, y: 0, width: 100, height: 20, runs }, areaPx2: 1000, score: null, z: 0, crowd: false, locked: false,
      boxOnly: null, importedId: null, provenance: { source: 'person' }, carried: null,
    }
    project.history.apply({ diff: { added: [record], updated: [], removed: [] }, imageId, label: 'brush', author: 'Ada' })
    process.stdout.write(`written ${id}\n`)
  }
} else if (command === 'join') {
  const project = openProjectFile(file)
  const classId = project.ids.reserve(1)
  const staged = project.stageImport()
  const images = [...project.images.forMatching()]
  for (const { id: imageId } of images) {
    staged.add([{
      imageId, classId, state: 'accepted', mask: { x: 1, y: 1, width: 2, height: 1, runs: Uint8Array.of(0, 2) }, areaPx2: 2, score: null, z: 1, crowd: false, locked: false, boxOnly: null, importedId: 5,
      provenance: { source: 'import', by: 'x.json' }, carried: null,
    }])
  }
  void staged.join({
    classes: [{ kind: 'class', id: classId, name: 'cat', synonyms: [], colour: '#112233', order: 0, extent: 'thing', importedId: 3, carried: null }],
    images: images.map(({ id: imageId }) => ({ imageId, importedId: imageId, fileName: `of/${imageId}.jpg`, carried: { licence: 1 } })), captionsKey: 'c', meta: { said: 1 }, markDone: true,
  }).then(() => process.stdout.write('whole\n'))
  for (;;) {
    await new Promise((resolve) => { setImmediate(resolve) })
    const { annotations } = project.images.counts()
    if (annotations === 0) continue
    process.stdout.write(`joined ${annotations}\n`, () => process.kill(process.pid, 'SIGKILL'))
    break
  }
} else if (command === 'hold') {
  openProjectFile(file)
  // in a later turn: what this turn holds on its stack is no garbage yet
  setImmediate(() => {
    globalThis.gc?.()
    setImmediate(() => process.stdout.write('open\n'))
  })
  setInterval(() => undefined, 1000)
} else {
  try {
    openProjectFile(file, how === 'new' ? { create: { name: 'New' } } : {}).close()
    process.stdout.write('ok\n')
  } catch (error) {
    process.stdout.write(error instanceof EngineError ? `${error.code} ${error.message}\n` : `other ${String(error)}\n`)
  }
}
