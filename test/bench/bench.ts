import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BenchResult } from './figures.ts'

const folder = dirname(fileURLToPath(import.meta.url))
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.bench.ts'))
  .map((entry) => entry.name.replace('.bench.ts', ''))

const [name, ...flags] = process.argv.slice(2)
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`usage: npm run -s bench -- NAME [--json]\nbenchmarks: ${names.join(', ')}\n`)
  process.exit(2)
}

const { run } = (await import(pathToFileURL(join(folder, `${name}.bench.ts`)).href)) as { run: (flags: readonly string[]) => Promise<BenchResult> }
const result = await run(flags)
if (flags.includes('--json')) {
  process.stdout.write(`${JSON.stringify(result)}\n`)
} else {
  const round = (value: number | null | undefined) => (value === null || value === undefined ? '–' : String(Number(value.toPrecision(4))))
  console.table(Object.fromEntries(Object.entries(result.figures).map(([figure, { value, unit, target, holds, reference, ratio, why }]) => [
    figure,
    { value: round(value), unit, target, holds: holds ?? why ?? (value === null ? 'not measured here' : 'no target'), reference: round(reference), ratio: round(ratio) },
  ])))
}
process.exit(0)
