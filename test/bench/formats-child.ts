import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ExportOptions } from '../../main/contract/transfer.ts'
import { applyImport } from '../../main/engine/import-data-set.ts'
import { projectSource } from '../../main/engine/project-source.ts'
import { writeExport } from '../../main/formats/formats.ts'
import { openProjectFile } from '../../main/project/open-project-file.ts'

/** One process, so that its peak is that of import and export: `node formats-child.ts FILE FOLDER IMAGES`. Prints one JSON line. */
const [file, folder, count] = process.argv.slice(2)
const path = join(folder, 'bench.maskwright')
for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
const project = openProjectFile(path, { create: { name: 'bench' } })
const folderId = project.folders.add(folder)
project.images.applyScan(folderId, {
  added: Array.from({ length: Number(count) }, (_, i) => ({ path: `${String(i + 1).padStart(12, '0')}.jpg`, width: 640, height: 480, bytes: 1, modified: 1, fingerprint: '', problem: null, remark: null })),
  changed: [], missing: [], returned: [],
})
let blockedMs = 0
let last = performance.now()
const watch = setInterval(() => {
  blockedMs = Math.max(blockedMs, performance.now() - last - 5)
  last = performance.now()
}, 5)
let started = performance.now()
const { report, joinMs } = await applyImport(project, file)
const importS = (performance.now() - started) / 1000
const importPeakMb = process.resourceUsage().maxRSS / 1024
clearInterval(watch)
started = performance.now()
const out = join(folder, 'out.json')
const written = await writeExport(out, projectSource(project), ExportOptions.parse({}))
const exportS = (performance.now() - started) / 1000
process.stdout.write(`${JSON.stringify({ annotations: report.annotations, verdict: report.verdict, written: written.annotations, importS, joinMs, blockedMs, exportS, importPeakMb, peakMb: process.resourceUsage().maxRSS / 1024, outMb: statSync(out).size / 1e6 })}\n`)
project.close()
