import type { DeviceChoice, DeviceName } from '../contract/jobs.ts'
import type { PipelineAnswers } from '../pipeline/messages.ts'

/** Which devices a pack's networks are to try on this machine, in order. */
export interface PackDevices {
  order(choice: DeviceChoice): Promise<readonly DeviceName[]>
  /** what the pipeline answered: the device it took, and those that failed */
  heard(answer: Pick<PipelineAnswers['propose'], 'device' | 'notTaken'>): void
  /** the process ended while a pack ran */
  died(reason: string): void
}

export function createPackDevices(): PackDevices {
  return {
    order: () => Promise.resolve(['cpu']),
    heard: () => undefined,
    died: () => undefined,
  }
}
