import type { Diff } from './diff.ts'
import type { ProcedureName } from './procedures.ts'
import type { Role } from './role.ts'

/** The least role for each procedure. A new procedure without a row is a compile error. */
export const PROCEDURE_ROLES: Readonly<Record<ProcedureName, Role>> = {
  'app.info': 'annotator',
  'app.log': 'owner',
  'app.exportLog': 'owner',
  'files.pick': 'owner',
  'files.browse': 'owner',
  'project.recent': 'owner',
  'project.create': 'owner',
  'project.open': 'owner',
  'project.info': 'annotator',
  'project.close': 'owner',
  'project.backup': 'owner',
  'folder.add': 'owner',
  'folder.sync': 'owner',
  'folder.relink': 'owner',
  'images.page': 'annotator',
  'images.place': 'annotator',
  'images.facets': 'annotator',
  'images.overlay': 'annotator',
  'images.mark': 'reviewer',
  'images.nextUnfinished': 'annotator',
  'image.open': 'annotator',
  'image.tones': 'annotator',
  'ids.reserve': 'annotator',
  'diff.apply': 'annotator',
  'history.step': 'annotator',
  'history.page': 'annotator',
  'classes.replace': 'reviewer',
  'classes.list': 'annotator',
  'classes.read': 'owner',
  'classes.write': 'owner',
  'prelabel.start': 'owner',
  'prelabel.goOn': 'owner',
  'prelabel.pause': 'owner',
  'prelabel.resume': 'owner',
  'prelabel.cancel': 'owner',
  'prelabel.status': 'annotator',
  'prelabel.image': 'annotator',
  'prelabel.sureness': 'annotator',
  'prelabel.methods': 'annotator',
  'prelabel.preview': 'annotator',
  'prelabel.fitImages': 'annotator',
  'prelabel.fit': 'annotator',
  'smartclick.preview': 'annotator',
  'mask.snap': 'annotator',
  'ticks.write': 'owner',
  'memory.classes': 'annotator',
  'memory.page': 'annotator',
  'memory.forget': 'reviewer',
  'memory.write': 'owner',
  'packs.list': 'owner',
  'packs.install': 'owner',
  'packs.pause': 'owner',
  'packs.resume': 'owner',
  'packs.cancel': 'owner',
  'packs.verify': 'owner',
  'packs.benchmark': 'owner',
  'packs.remove': 'owner',
  'team.here': 'annotator',
  'team.takeOver': 'owner',
  'agreement.makers': 'reviewer',
  'agreement.check': 'reviewer',
  'import.check': 'owner',
  'import.apply': 'owner',
  'export.check': 'owner',
  'export.write': 'owner',
}

/** The least role for what a diff changes beyond annotations, comments and an image's state and ticks. */
export const EDIT_ROLES = { classes: 'reviewer', review: 'reviewer' } as const satisfies Readonly<Record<string, Role>>
export type GuardedEdit = keyof typeof EDIT_ROLES

/** What of a diff not everybody may change. O(records) */
export function guardedEdits({ added, updated, removed }: Diff): GuardedEdit[] {
  const found = new Set<GuardedEdit>()
  for (const { kind } of [...added, ...removed]) if (kind === 'class') found.add('classes')
  for (const [from, to] of updated) {
    if (to.kind === 'class') found.add('classes')
    if (from.kind === 'image' && to.kind === 'image' && (from.review !== to.review || from.reviewer !== to.reviewer || from.assignee !== to.assignee)) found.add('review')
  }
  return [...found]
}

const RANK: Readonly<Record<Role, number>> = { annotator: 0, reviewer: 1, owner: 2 }
/** Whether a role is at least another; null: not a team, the person at this machine, who may everything. */
const isAtLeast = (role: Role | null, least: Role): boolean => role === null || RANK[role] >= RANK[least]
export const mayCall = (role: Role | null, name: ProcedureName): boolean => isAtLeast(role, PROCEDURE_ROLES[name])
export const mayEdit = (role: Role | null, edit: GuardedEdit): boolean => isAtLeast(role, EDIT_ROLES[edit])
