import { EngineError } from '../contract/errors.ts'
import type { MethodName } from '../contract/methods.ts'
import type { Settings } from '../contract/settings.ts'

/** @throws EngineError 'unavailable' for a method or a setting that the pack classic has not, naming what it has */
export function checkClassicRequest(method: MethodName, settings: Settings): void {
  if (method !== 'regions') throw new EngineError('unavailable', `the pack classic has no scores of its own, so it cannot run the method ${method}; use the method regions`)
  if (settings.edgeSnap !== 'none' && settings.edgeSnap !== 'guided') throw new EngineError('unavailable', `the pack classic cannot snap edges with ${settings.edgeSnap}; set edgeSnap to guided or none`)
  if (settings.affinity !== 'layers') throw new EngineError('unavailable', `the pack classic has one affinity, without layers to choose from; leave the setting affinity at layers, not ${settings.affinity}`)
}
