import { realpathSync } from 'node:fs'
import { EngineError } from '../../contract/errors.ts'
import type { SomeHandlers } from '../../contract/handlers.ts'
import type { Caller } from '../caller.ts'
import { agreementOfPeople, agreementWith } from '../check-agreement.ts'
import type { EngineContext } from '../context.ts'
import { masksOfImages } from '../masks-of-images.ts'

/** How far people agree about the open project's images. */
export function agreementHandlers(context: EngineContext): SomeHandlers<'agreement.makers' | 'agreement.check', Caller> {
  return {
    'agreement.makers': () => ({ makers: context.project().file.annotations.makers() }),
    'agreement.check': async ({ of, worst }) => {
      const { file } = context.project()
      if ('people' in of) return agreementOfPeople(file, of.people, worst)
      const path = context.grants.pathOf(of.grant)
      if (isSame(path, file.path)) throw new EngineError('bad-input', `${file.name} is the project that is open; choose another, or compare two people of it`)
      return agreementWith(file, await masksOfImages(path), worst)
    },
  }
}

function isSame(path: string, open: string): boolean {
  try {
    return realpathSync(path) === realpathSync(open)
  } catch {
    // what is not there is told by those who read it
    return false
  }
}
