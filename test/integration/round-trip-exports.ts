import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ExportOptions } from '../../main/contract/transfer.ts'
import { applyImport } from '../../main/engine/import-data-set.ts'
import { projectSource } from '../../main/engine/project-source.ts'
import { writeExport } from '../../main/formats/formats.ts'
import { projectOfFolder } from './project-of-folder.ts'
import { plainCounts, plainRuns, roundTripFixture } from './round-trip-fixture.ts'

/** Ways of writing masks that lose nothing. */
export const EXACT = ['rle', 'polygons', 'keyhole'] as const

const withHole = (x: number, y: number): boolean => x >= 20 && x < 30 && y >= 12 && y < 22 && !(x >= 23 && x < 27 && y >= 15 && y < 19)

/**
 * Imports the round-trip fixture and a donut, and exports it again: `truth.json` and a file for each exact way of writing masks in `home`.
 * @returns the SHA-256 of each export, hex
 */
export async function roundTripExports(home: string): Promise<Record<(typeof EXACT)[number], string>> {
  const { coco } = await roundTripFixture(home)
  // a hole that stays one: the fixture's donut of two rings is filled by every reader of COCO
  const donut = { id: 950, image_id: 12, category_id: 18, segmentation: { size: [30, 40], counts: plainCounts(plainRuns(withHole, 40, 30)) }, area: 84, bbox: [20, 12, 10, 10], iscrowd: 0 }
  await writeFile(join(home, 'truth.json'), JSON.stringify({ ...coco, annotations: [...(coco['annotations'] as unknown[]), donut] }, null, 1))
  const file = await projectOfFolder(home, join(home, 'images'))
  try {
    await applyImport(file, join(home, 'truth.json'))
    const sums = []
    for (const masks of EXACT) {
      const path = join(home, `${masks}.json`)
      await writeExport(path, projectSource(file), ExportOptions.parse({ strict: true, masks }))
      sums.push([masks, createHash('sha256').update(await readFile(path)).digest('hex')])
    }
    return Object.fromEntries(sums) as Record<(typeof EXACT)[number], string>
  } finally {
    file.close()
  }
}
