import { randomBytes } from 'node:crypto'
import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { Grants } from './context.ts'

/** Paths by opaque random id, for as long as the engine runs. The same path gets the same grant, so that browsing does not pile up. */
export function createGrants(): Grants {
  const pathOfGrant = new Map<string, string>()
  const grantOfPath = new Map<string, string>()
  return {
    give(path) {
      const absolute = resolve(path)
      const grant = grantOfPath.get(absolute) ?? randomBytes(16).toString('hex')
      grantOfPath.set(absolute, grant)
      pathOfGrant.set(grant, absolute)
      // a file still to be written (a save dialog's answer) has no size yet
      const about = statSync(absolute, { throwIfNoEntry: false })
      const folder = about?.isDirectory() ?? false
      return { grant, name: basename(absolute) || absolute, display: absolute, type: folder ? 'folder' : 'file', bytes: about === undefined || folder ? null : about.size }
    },
    pathOf(grant) {
      const path = pathOfGrant.get(grant)
      if (path === undefined) throw new EngineError('not-allowed', 'this file or folder was not chosen in this session; choose it again')
      return path
    },
  }
}
