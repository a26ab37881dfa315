import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Sources run as they are; once bundled, this module lies in dist/cli. */
const FROM_SOURCES = import.meta.url.endsWith('.ts')
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** The page as the bundler leaves it. */
export const PAGE_FOLDER = join(ROOT, 'dist', 'page')
/** What the pipeline process runs. */
export const PIPELINE_ENTRY = FROM_SOURCES ? join(ROOT, 'main', 'pipeline', 'entry.ts') : join(ROOT, 'dist', 'engine', 'pipeline-entry.js')

/** Where caches, the log and the list of recent projects live: $MASKWRIGHT_DATA, else the platform's place for it. */
export function dataFolder(): string {
  const asked = process.env['MASKWRIGHT_DATA']
  if (asked !== undefined && asked !== '') return asked
  if (process.platform === 'win32') return join(process.env['LOCALAPPDATA'] ?? homedir(), 'maskwright')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'maskwright')
  const xdg = process.env['XDG_DATA_HOME']
  return join(xdg === undefined || xdg === '' ? join(homedir(), '.local', 'share') : xdg, 'maskwright')
}
