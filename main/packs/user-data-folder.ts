import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where this person's caches, log and packs live: $MASKWRIGHT_DATA, else the platform's place for it. */
export function userDataFolder(): string {
  const asked = process.env['MASKWRIGHT_DATA']
  if (asked !== undefined && asked !== '') return asked
  if (process.platform === 'win32') return join(process.env['LOCALAPPDATA'] ?? homedir(), 'maskwright')
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'maskwright')
  const xdg = process.env['XDG_DATA_HOME']
  return join(xdg === undefined || xdg === '' ? join(homedir(), '.local', 'share') : xdg, 'maskwright')
}
