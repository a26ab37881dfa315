import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface CocoFixtures {
  readonly polygons: readonly { readonly parts: readonly (readonly number[])[]; readonly size: readonly [number, number]; readonly counts: string }[]
  readonly planes: readonly { readonly rows: readonly string[]; readonly counts: string; readonly runs: readonly number[]; readonly area: number; readonly bbox: readonly number[] }[]
}

/** What pycocotools made of polygons and planes: test/reference/coco_masks.py. */
export const fixtures = JSON.parse(readFileSync(join(import.meta.dirname, '../../reference/fixtures/coco-masks.json'), 'utf8')) as CocoFixtures
