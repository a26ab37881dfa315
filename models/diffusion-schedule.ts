import type { Config } from './config.ts'
import type { UNetConfig } from './unet-config.ts'

export interface DiffusionSchedule {
  readonly betaStart: number
  readonly betaEnd: number
  readonly steps: number
  readonly kind: 'scaled_linear' | 'linear'
}

/** Stable Diffusion's own. */
export const STABLE_DIFFUSION_SCHEDULE: DiffusionSchedule = { betaStart: 0.00085, betaEnd: 0.012, steps: 1000, kind: 'scaled_linear' }

/** diffusers' scheduler_config.json. */
export function diffusionSchedule(config: Config): DiffusionSchedule {
  const own = STABLE_DIFFUSION_SCHEDULE
  return {
    betaStart: config.number('beta_start', own.betaStart), betaEnd: config.number('beta_end', own.betaEnd),
    steps: config.size('num_train_timesteps', own.steps), kind: config.oneOf('beta_schedule', ['scaled_linear', 'linear'], own.kind),
  }
}

/** √ᾱ_t and √(1 − ᾱ_t): how much of the latents and of the noise is in step t (REFERENCE §3.2). O(t). */
function noiseLevels(schedule: DiffusionSchedule, t: number): { readonly signal: number; readonly noise: number } {
  if (!Number.isInteger(t) || t < 0 || t >= schedule.steps) throw new RangeError(`time step ${t} is not in 0 … ${schedule.steps - 1}`)
  const root = (x: number): number => (schedule.kind === 'scaled_linear' ? Math.sqrt(x) : x)
  let remaining = 1
  for (let i = 0; i <= t; i++) {
    const beta = root(schedule.betaStart) + (root(schedule.betaEnd) - root(schedule.betaStart)) * i / (schedule.steps - 1)
    remaining *= 1 - (schedule.kind === 'scaled_linear' ? beta * beta : beta)
  }
  return { signal: Math.sqrt(remaining), noise: Math.sqrt(1 - remaining) }
}

/** z_t = √ᾱ_t z₀ + √(1 − ᾱ_t) ε; with noise null the clean latents, as DiffSeg runs it. New array. O(n). */
export function noisedLatents(latents: Float32Array, noise: Float32Array | null, schedule: DiffusionSchedule, t: number): Float32Array {
  if (noise === null) return latents.slice()
  if (noise.length !== latents.length) throw new RangeError(`${noise.length} values of noise for ${latents.length} latents`)
  const levels = noiseLevels(schedule, t)
  return latents.map((value, i) => levels.signal * value + levels.noise * noise[i])
}

/** The UNet's `time` input f32[channels₀]: cosines, then sines (or the other way round, by the config) of t · e^(−ln 10⁴ · i / (half − shift)). */
export function timeEmbedding(config: Pick<UNetConfig, 'channels' | 'flipSineCosine' | 'frequencyShift'>, t: number): Float32Array {
  const half = config.channels[0] / 2
  const out = new Float32Array(config.channels[0])
  for (let i = 0; i < half; i++) {
    // diffusers works in f32: the angle is rounded before its sine is taken
    const angle = Math.fround(t * Math.fround(Math.exp(Math.fround(-Math.log(10_000) * i / (half - config.frequencyShift)))))
    out[config.flipSineCosine ? i : half + i] = Math.cos(angle)
    out[config.flipSineCosine ? half + i : i] = Math.sin(angle)
  }
  return out
}

/**
 * Normal noise from a seed: Mulberry32 and Box–Muller. The same on every machine and device; not torch's (which differs
 * between its own devices, REFERENCE §3.2). O(n).
 */
export function seededNoise(length: number, seed: number): Float32Array {
  let state = seed >>> 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const out = new Float32Array(length)
  for (let i = 0; i < length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    const angle = 2 * Math.PI * uniform()
    out[i] = radius * Math.cos(angle)
    if (i + 1 < length) out[i + 1] = radius * Math.sin(angle)
  }
  return out
}
