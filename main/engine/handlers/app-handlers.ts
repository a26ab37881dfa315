import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '../../contract/errors.ts'
import type { SomeHandlers } from '../../contract/handlers.ts'
import type { PipelineState } from '../../contract/jobs.ts'
import { appVersion } from '../app-version.ts'
import type { Caller } from '../caller.ts'
import type { EngineContext } from '../context.ts'

/** What the application itself says: version, pipeline, log. */
export function appHandlers(context: EngineContext, state: { projectOpen(): boolean; pipeline(): PipelineState }): SomeHandlers<'app.info' | 'app.log' | 'app.exportLog', Caller> {
  const version = appVersion()
  return {
    'app.info': (_input, caller) => ({ person: caller.author, role: caller.role ?? null, version, shell: context.options.shell, nativeDialogs: context.options.dialogs !== undefined, project: state.projectOpen(), pipeline: state.pipeline() }),
    'app.log': ({ limit }) => ({ lines: context.log.recent(limit) }),
    'app.exportLog': async ({ folder, name }) => {
      if (/[/\\\0]/.test(name) || name === '.' || name === '..') throw new EngineError('bad-input', `${JSON.stringify(name)} is no file name; it must not contain / or \\`)
      const path = join(context.grants.pathOf(folder), name)
      if (existsSync(path)) throw new EngineError('bad-input', `${JSON.stringify(path)} exists already; choose another name`)
      await context.log.exportTo(path)
      return { display: path }
    },
  }
}
