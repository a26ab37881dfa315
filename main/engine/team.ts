import { EngineError } from '../contract/errors.ts'
import type { EngineEvent } from '../contract/events.ts'
import type { TeamMember } from '../contract/team.ts'
import type { Caller } from './caller.ts'

/** A page says every 20 s that it is still there; without that an image is free again after this long. */
const LEASE_MS = 60_000
/** An edit from a page that has gone on to another image keeps the image for this long only. */
const LATE_MS = 10_000

/** Who looks at what, and whose each image is to edit. */
export interface Team {
  /** The caller's page shows this image, or none: it becomes theirs to edit unless it is another's. @returns that other's name */
  here(caller: Caller, imageId: number | null): string | null
  /** The image becomes the caller's whoever has it. */
  takeOver(caller: Caller, imageId: number): void
  /** An edit of this image. @throws EngineError 'in-use' when it is another's */
  edits(caller: Caller, imageId: number): void
  /** The caller's connection has ended. */
  left(callerId: string): void
  /** Who else has this image to edit; null: nobody, or without a team. */
  other(caller: Caller, imageId: number): string | null
  members(): TeamMember[]
}

interface Holding { readonly name: string; until: number }

/** Every connection is a person's; two connections of one person are the same person. @param now ms */
export function createTeam(emit: (event: EngineEvent) => void, now: () => number = Date.now): Team {
  const pages = new Map<string, { readonly caller: Caller; imageId: number | null }>()
  const held = new Map<number, Holding>()

  const holder = (imageId: number): string | null => {
    const holding = held.get(imageId)
    if (holding === undefined) return null
    if (holding.until > now()) return holding.name
    held.delete(imageId)
    return null
  }
  const isOn = (name: string, imageId: number): boolean => [...pages.values()].some((page) => page.imageId === imageId && page.caller.author === name)
  const release = (name: string, imageId: number): void => {
    if (held.get(imageId)?.name === name && !isOn(name, imageId)) held.delete(imageId)
  }
  const hold = (name: string, imageId: number, ms: number): void => {
    held.set(imageId, { name, until: now() + ms })
  }
  const members = (): TeamMember[] => [...pages.values()].flatMap(({ caller, imageId }) =>
    (caller.role === undefined ? [] : [{ name: caller.author, role: caller.role, imageId, editing: imageId !== null && holder(imageId) === caller.author }]))
  let told = ''
  const tell = (): void => {
    const now = members()
    const text = JSON.stringify(now)
    if (text === told) return
    told = text
    emit({ name: 'team.changed', data: { members: now } })
  }

  return {
    members,
    other(caller, imageId) {
      const by = caller.role === undefined ? null : holder(imageId)
      return by === caller.author ? null : by
    },
    here(caller, imageId) {
      if (caller.role === undefined) return null
      const before = pages.get(caller.id)?.imageId ?? null
      pages.set(caller.id, { caller, imageId })
      if (before !== null && before !== imageId) release(caller.author, before)
      const by = imageId === null ? null : holder(imageId)
      if (imageId !== null && (by === null || by === caller.author)) hold(caller.author, imageId, LEASE_MS)
      tell()
      return by === caller.author ? null : by
    },
    takeOver(caller, imageId) {
      hold(caller.author, imageId, LEASE_MS)
      tell()
    },
    edits(caller, imageId) {
      if (caller.role === undefined) return
      const by = holder(imageId)
      if (by !== null && by !== caller.author) throw new EngineError('in-use', `${by} is editing this image; wait until they go on, or ask an owner to take it over`, { details: { holder: by } })
      hold(caller.author, imageId, isOn(caller.author, imageId) ? LEASE_MS : LATE_MS)
    },
    left(callerId) {
      const page = pages.get(callerId)
      if (page === undefined) return
      pages.delete(callerId)
      if (page.imageId !== null) release(page.caller.author, page.imageId)
      tell()
    },
  }
}
