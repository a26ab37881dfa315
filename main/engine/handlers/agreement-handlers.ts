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
      return 'people' in of ? agreementOfPeople(file, of.people, worst) : agreementWith(file, await masksOfImages(context.grants.pathOf(of.grant)), worst)
    },
  }
}
