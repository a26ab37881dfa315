import type { SomeHandlers } from '../../contract/handlers.ts'
import type { Caller } from '../caller.ts'
import type { Team } from '../team.ts'

/** Who is where, and whose an image is to edit. */
export function teamHandlers(team: Team): SomeHandlers<'team.here' | 'team.takeOver', Caller> {
  return {
    'team.here': ({ imageId }, caller) => ({ lease: { holder: team.here(caller, imageId) }, members: team.members() }),
    'team.takeOver': ({ imageId }, caller) => {
      team.takeOver(caller, imageId)
      return { lease: { holder: null }, members: team.members() }
    },
  }
}
