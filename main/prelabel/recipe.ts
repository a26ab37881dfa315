import { EngineError } from '../contract/errors.ts'
import { PrelabelRequest } from '../contract/jobs.ts'
import { METHODS, type MethodName } from '../contract/methods.ts'
import { SettingsSchema, type Settings } from '../contract/settings.ts'
import { checkPackRequest, openPack, type Pack } from '../packs/open-pack.ts'
import type { ResolvedJob } from '../project/project-file.ts'

/** A request with everything it leaves open filled in, and checked. */
export interface Recipe {
  readonly request: PrelabelRequest
  readonly pack: Pack
  readonly method: MethodName
  readonly settings: Settings
  /** the pack gives regions their class; otherwise the memory does */
  readonly named: boolean
}

/**
 * @param resolved  of a job: what its request came to when it was made, so that all its images are made alike; null: now
 * @throws EngineError 'bad-input' for a setting; 'not-found' for the pack; 'unavailable' for what the pack has not
 */
export function recipeOf(asked: PrelabelRequest, resolved: ResolvedJob | null = null): Recipe {
  // a job of an older version may lack what came later
  const request = PrelabelRequest.parse(asked)
  const pack = openPack(request.pack)
  // the published programs know nothing of a pack's own settings
  const own = request.profile === 'reference' ? {} : pack.manifest.defaultSettings
  const parsed = SettingsSchema.safeParse(resolved?.settings ?? { ...own, ...request.settings })
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new EngineError('bad-input', `setting ${issue.path.join('.')}: ${issue.message}`)
  }
  const method = resolved?.method ?? request.method ?? pack.manifest.defaultMethod
  checkPackRequest(pack, method, parsed.data)
  return { request, pack, method, settings: parsed.data, named: METHODS[method].scores || METHODS[method].pack }
}
