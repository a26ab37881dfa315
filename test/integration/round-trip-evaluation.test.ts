import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EXACT, roundTripExports } from './round-trip-exports.ts'

interface Evaluation {
  readonly exports: Readonly<Record<(typeof EXACT)[number], { readonly sha256: string; readonly masks: number; readonly differingMasks: number; readonly differingPixels: number; readonly apMasks: number; readonly differingBoxes: number; readonly differingAreas: number; readonly apMasksTurnedRound: number }>>
}

test('pycocotools finds no pixel of difference and AP 1.0 in each exact export, and these are the bytes it saw', async () => {
  const { exports } = JSON.parse(await readFile(join(import.meta.dirname, '../reference/fixtures/round-trip-evaluation.json'), 'utf8')) as Evaluation
  const home = await mkdtemp(join(tmpdir(), 'maskwright-evaluation-'))
  try {
    const sums = await roundTripExports(home)
    for (const masks of EXACT) {
      expect(exports[masks], masks).toMatchObject({ masks: 10, differingMasks: 0, differingPixels: 0, apMasks: 1, differingBoxes: 0, differingAreas: 0, apMasksTurnedRound: 1 })
      expect(sums[masks], `${masks}: the export has changed; run test/reference/round_trip_eval.py again`).toBe(exports[masks].sha256)
    }
  } finally {
    await rm(home, { recursive: true })
  }
})
