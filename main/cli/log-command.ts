import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { withEngine } from './engine-session.ts'
import { printResult } from './report-text.ts'

interface Arguments { readonly limit: number; readonly out?: string; readonly json?: boolean }

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > 5000) throw new InvalidArgumentError('a whole number from 1 to 5000 is wanted.')
  return limit
}

/** `maskwright log`: what the engine wrote down, to read or to send on. */
export function logCommand(): Command {
  return new Command('log')
    .description('show the log, or write it to a file')
    .option('--limit <n>', 'how many of the last lines', parseLimit, 100)
    .option('--out <file>', 'write everything kept to a file instead')
    .option('--json', 'print one JSON object')
    .addHelpText('after', `
Examples:
  maskwright log --limit 20
  maskwright log --out maskwright-log.txt`)
    .action(async ({ limit, out, json }: Arguments) => {
      await withEngine(async (session) => {
        if (out !== undefined) {
          const path = resolve(out)
          const { display } = await session.client.call('app.exportLog', { folder: await session.grant('log', dirname(path)), name: basename(path) })
          printResult(json, { file: display }, display)
          return
        }
        // app.log knows this engine's own lines only; what earlier ones wrote is in the log's files
        const folder = await mkdtemp(join(tmpdir(), 'maskwright-log-'))
        try {
          const { display } = await session.client.call('app.exportLog', { folder: await session.grant('log', folder), name: 'log.txt' })
          const lines = (await readFile(display, 'utf8')).split('\n').filter((line) => line !== '').slice(-limit)
          printResult(json, { lines }, lines.length === 0 ? 'the log is empty' : lines.join('\n'))
        } finally {
          await rm(folder, { recursive: true, force: true })
        }
      })
    })
}
