import { z } from 'zod'

/**
 * A grant stands for a path that a native dialog, a drop or an allowed root of `serve` gave.
 * The page holds grants, never paths; `name` and `display` are for showing only.
 */
export const Grant = z.strictObject({
  grant: z.string().min(1).max(64),
  name: z.string(),
  display: z.string(),
  type: z.enum(['folder', 'file']),
  bytes: z.int().nonnegative().nullable(),
})
export type Grant = z.infer<typeof Grant>

export const PickPurpose = z.enum(['image-folder', 'project-open', 'project-create', 'import', 'compare', 'export', 'backup', 'log', 'pack-folder'])
export type PickPurpose = z.infer<typeof PickPurpose>

export const LogLine = z.strictObject({
  at: z.int(),
  level: z.enum(['info', 'warn', 'error']),
  /** the slice that speaks: 'project', 'images', 'pipeline', … */
  from: z.string(),
  message: z.string(),
})
export type LogLine = z.infer<typeof LogLine>
