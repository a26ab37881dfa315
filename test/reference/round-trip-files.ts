import { mkdir } from 'node:fs/promises'
import { roundTripExports } from '../integration/round-trip-exports.ts'

/** Writes the round-trip fixture and our exports of it into a folder, for round_trip_eval.py: `node round-trip-files.ts FOLDER`. */
const [folder] = process.argv.slice(2)
await mkdir(folder, { recursive: true })
process.stdout.write(`${JSON.stringify(await roundTripExports(folder))}\n`)
