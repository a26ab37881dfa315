import type { SomeHandlers } from '../../contract/handlers.ts'
import type { Caller } from '../caller.ts'
import type { EngineContext } from '../context.ts'
import { jsonTarget } from '../json-target.ts'
import { writeMemory } from '../write-memory.ts'

/** What the assistant has learnt: to be looked at, pruned and taken along. */
export function memoryHandlers(context: EngineContext): SomeHandlers<'memory.classes' | 'memory.page' | 'memory.forget' | 'memory.write', Caller> {
  return {
    'memory.classes': () => ({ classes: context.project().file.memory.classes() }),
    'memory.page': ({ classId, offset, limit }) => context.project().file.memory.page(classId, offset, limit),
    'memory.forget': ({ annotationId }) => {
      const { file, prelabel } = context.project()
      for (const imageId of file.memory.mute(annotationId)) prelabel.taught(imageId)
      return {}
    },
    'memory.write': async ({ grant, name }) => {
      const path = jsonTarget(context.grants.pathOf(grant), name)
      return { masks: await writeMemory(context.project().file, path), display: path }
    },
  }
}
