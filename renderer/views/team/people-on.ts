import type { TeamMember } from '../../../main/contract/team.ts'
import { usePage } from '../page-context.tsx'
import { usePart } from '../state/use-part.ts'

/** Gives the others whose pages show an image. */
export function usePeopleOn(): (imageId: number) => readonly TeamMember[] {
  const page = usePage()
  const members = usePart(page.team, (state) => state.members)
  const me = usePart(page.engine, (state) => state.info?.person ?? null)
  return (imageId) => members.filter((member, index) => member.imageId === imageId && member.name !== me && members.findIndex(({ name }) => name === member.name) === index)
}
