import { readdir, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EngineError } from '../../contract/errors.ts'
import type { Grant } from '../../contract/files.ts'
import type { SomeHandlers } from '../../contract/handlers.ts'
import { looksLikePicture } from '../../images/list-pictures.ts'
import { isInside } from '../../images/safe-path.ts'
import type { Caller } from '../caller.ts'
import type { EngineContext } from '../context.ts'

/** A listing is for finding one's way: folders first, then project and label files, then pictures, up to this many */
const ENTRIES_SHOWN = 1000

/** Choosing files: the shell's native dialog, or browsing inside the allowed roots. */
export function filesHandlers(context: EngineContext): SomeHandlers<'files.pick' | 'files.browse', Caller> {
  const { options, grants } = context
  const realRoots = async () => (await Promise.all(options.roots.map((root) => realpath(root).catch(() => undefined)))).filter((root) => root !== undefined)

  return {
    'files.pick': async ({ purpose, suggestedName }) => {
      if (options.dialogs === undefined) throw new EngineError('unavailable', 'there is no native file dialog here; browse the folders instead')
      return { grants: (await options.dialogs.pick(purpose, suggestedName)).map((path) => grants.give(path)) }
    },
    'files.browse': async ({ grant }) => {
      const roots = await realRoots()
      if (options.roots.length === 0) throw new EngineError('unavailable', 'folders can’t be browsed here; use the file dialog')
      if (grant === undefined) return { here: null, parent: null, entries: roots.map((root) => ({ ...grants.give(root), name: root })) } // a bare name would not say which of several it is
      const here = await realpath(grants.pathOf(grant))
      const root = roots.find((one) => isInside(one, here))
      if (root === undefined) throw new EngineError('not-allowed', `${JSON.stringify(here)} lies outside the folders this server may show`)
      if (!(await stat(here)).isDirectory()) throw new EngineError('bad-input', `${JSON.stringify(here)} is a file, not a folder`)
      return {
        here: grants.give(here),
        parent: roots.includes(here) ? null : grants.give(dirname(here)),
        entries: await entriesOf(here, root),
      }
    },
  }

  async function entriesOf(folder: string, root: string): Promise<Grant[]> {
    const folders: string[] = []
    const labels: string[] = []
    const pictures: string[] = []
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      let kind = entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other'
      if (entry.isSymbolicLink()) {
        const target = await realpath(join(folder, entry.name)).catch(() => undefined)
        if (target === undefined || !isInside(root, target)) continue
        const about = await stat(target).catch(() => undefined)
        kind = about?.isDirectory() === true ? 'folder' : about?.isFile() === true ? 'file' : 'other'
      }
      if (kind === 'folder') folders.push(entry.name)
      else if (kind === 'file' && /\.(maskwright|json|xml|txt)$/i.test(entry.name)) labels.push(entry.name)
      else if (kind === 'file' && looksLikePicture(entry.name)) pictures.push(entry.name)
    }
    const byName = new Intl.Collator('en', { numeric: true }).compare
    const shown = [folders, labels, pictures].flatMap((names) => names.sort(byName)).slice(0, ENTRIES_SHOWN)
    return shown.map((name) => grants.give(join(folder, name)))
  }
}
