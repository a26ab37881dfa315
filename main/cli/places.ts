import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Sources run as they are; once bundled, this module lies in dist/cli. */
const FROM_SOURCES = import.meta.url.endsWith('.ts')
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** The page as the bundler leaves it. */
export const PAGE_FOLDER = join(ROOT, 'dist', 'page')
/** What the pipeline process runs. */
export const PIPELINE_ENTRY = FROM_SOURCES ? join(ROOT, 'main', 'pipeline', 'entry.ts') : join(ROOT, 'dist', 'engine', 'pipeline-entry.js')
