// The project that `npm start` opens.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { inRoot } from './places.mjs'

/** A folder of ours for projects nobody chose a place for. */
function projectsFolder() {
  const base = process.env.MASKWRIGHT_DATA ?? (process.platform === 'win32' ? join(process.env.LOCALAPPDATA ?? homedir(), 'maskwright')
    : process.platform === 'darwin' ? join(homedir(), 'Library/Application Support/maskwright')
      : join(process.env.XDG_DATA_HOME || join(homedir(), '.local/share'), 'maskwright'))
  return join(base, 'projects')
}

/**
 * One project per folder of pictures, the same one at the next start, in a folder of its own so that it is called like the pictures;
 * without any that of the drawn scenes, with the demo pack's proposals.
 */
export function projectArguments({ project, images }) {
  if (project !== undefined) return ['--project', resolve(project), ...(images === undefined ? [] : ['--images', resolve(images)])]
  const folder = images === undefined ? inRoot('resources/scenes/pictures') : resolve(images)
  const tag = createHash('sha256').update(folder).digest('hex').slice(0, 8)
  // where an earlier version made it
  const before = join(projectsFolder(), `${images === undefined ? 'scenes' : basename(folder)}-${tag}.maskwright`)
  const file = existsSync(before) ? before : join(projectsFolder(), tag, `${images === undefined ? 'Sample scenes' : basename(folder)}.maskwright`)
  mkdirSync(dirname(file), { recursive: true })
  const scenes = images === undefined ? ['--labels', inRoot('resources/scenes/labels'), '--prelabel', 'demo'] : []
  return ['--project', file, '--images', folder, ...scenes]
}
