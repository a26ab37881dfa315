import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import type { Annotation } from '../../main/contract/records.ts'
import { ExportOptions } from '../../main/contract/transfer.ts'
import { applyImport } from '../../main/engine/import-data-set.ts'
import { projectSource } from '../../main/engine/project-source.ts'
import { writeExport } from '../../main/formats/formats.ts'
import { openProjectFile } from '../../main/project/open-project-file.ts'

/**
 * One process, so that its peak is that of import and export: `node formats-child.ts FILE FOLDER IMAGES`. Meanwhile a
 * person draws, EDITS_PER_S strokes a second, each on another image. Prints one JSON line.
 */
const EDITS_PER_S = 20
const [file, folder, count] = process.argv.slice(2)
const path = join(folder, 'bench.maskwright')
for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
const project = openProjectFile(path, { create: { name: 'bench' } })
const folderId = project.folders.add(folder)
const imageIds = project.images.applyScan(folderId, {
  added: Array.from({ length: Number(count) }, (_, i) => ({ path: `${String(i + 1).padStart(12, '0')}.jpg`, width: 640, height: 480, bytes: 1, modified: 1, fingerprint: '', problem: null, remark: null })),
  changed: [], missing: [], returned: [],
})

/** Draws until told to stop; seconds of the clock and of the processor, the longest the event loop was held, and the longest an edit itself took, ms. */
async function whileDrawing<T>(work: () => Promise<T>): Promise<{ value: T; seconds: number; cpuS: number; heldMs: number; heldCpuMs: number; editMs: number; edits: number }> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const drawing = { goesOn: true }
  let editMs = 0
  let edits = 0
  const person = (async () => {
    while (drawing.goesOn) {
      const imageId = imageIds[(edits * 7919) % imageIds.length]
      const drawn: Annotation = {
        kind: 'annotation', id: project.ids.reserve(1), version: 0, imageId, classId: null, state: 'drawn', mask: { x: 3, y: 4, width: 2, height: 1, runs: Uint8Array.of(0, 2) }, areaPx2: 2, score: null,
        z: 1, crowd: false, locked: false, boxOnly: null, importedId: null, provenance: { source: 'person' }, carried: null,
      }
      const started = performance.now()
      project.history.apply({ diff: { added: [drawn], updated: [], removed: [] }, imageId, label: 'brush', author: 'bench' })
      editMs = Math.max(editMs, performance.now() - started)
      edits++
      await wait(1000 / EDITS_PER_S)
    }
  })()
  // what this thread did between two turns of a timer: the hold without what other processes took
  let heldCpuMs = 0
  let last = process.threadCpuUsage()
  const watch = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last)
    heldCpuMs = Math.max(heldCpuMs, (user + system) / 1000)
    last = process.threadCpuUsage()
  }, 1)
  delay.enable()
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  const value = await work()
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  delay.disable()
  clearInterval(watch)
  drawing.goesOn = false
  await person
  return { value, seconds, cpuS: (user + system) / 1e6, heldMs: delay.max / 1e6, heldCpuMs, editMs, edits }
}

const imported = await whileDrawing(() => applyImport(project, file))
const out = join(folder, 'out.json')
const exported = await whileDrawing(() => writeExport(out, projectSource(project), ExportOptions.parse({})))
process.stdout.write(`${JSON.stringify({
  annotations: imported.value.report.annotations, written: exported.value.annotations, importS: imported.seconds, importCpuS: imported.cpuS, joinS: imported.value.joinMs / 1000, importHeldMs: imported.heldMs, importHeldCpuMs: imported.heldCpuMs,
  exportS: exported.seconds, exportCpuS: exported.cpuS, exportHeldMs: exported.heldMs, exportHeldCpuMs: exported.heldCpuMs, editMs: Math.max(imported.editMs, exported.editMs), edits: imported.edits + exported.edits,
  peakMb: process.resourceUsage().maxRSS / 1024, outMb: statSync(out).size / 1e6,
})}\n`)
project.close()
