/** A time a person can grasp at a glance: one number of the unit that fits. Rounds up, so that it never promises too much. */
export function durationParts(seconds: number): { readonly unit: 'seconds' | 'minutes' | 'hours'; readonly value: number } {
  if (seconds < 90) return { unit: 'seconds', value: Math.max(1, Math.ceil(seconds)) }
  if (seconds < 5400) return { unit: 'minutes', value: Math.ceil(seconds / 60) }
  return { unit: 'hours', value: Math.ceil(seconds / 3600) }
}
