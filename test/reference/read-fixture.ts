import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface FixtureArray<Values> {
  readonly shape: readonly number[]
  readonly values: Values
}
type Typed = Float32Array | Float64Array | Uint8Array | Uint16Array | Int32Array

const ARRAYS = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array, uint16: Uint16Array, int32: Int32Array } as const

/** Reads fixtures/NAME.json as fixture_file.py wrote it; `get(key, Float32Array)` checks the type. */
export function readFixture(name: string): { get: <T extends Typed>(key: string, type: new (length: number) => T) => FixtureArray<T> } {
  const path = join(dirname(fileURLToPath(import.meta.url)), 'fixtures', `${name}.json`)
  const arrays = JSON.parse(readFileSync(path, 'utf8')) as Record<string, { dtype: keyof typeof ARRAYS; shape: number[]; base64: string }>
  return {
    get: (key, type) => {
      const entry = arrays[key]
      if (entry === undefined) throw new Error(`fixture ${name} has no array ${key}`)
      const bytes = Uint8Array.from(Buffer.from(entry.base64, 'base64'))
      const values = new ARRAYS[entry.dtype](bytes.buffer)
      if (!(values instanceof type)) throw new Error(`fixture ${name}.${key} is ${entry.dtype}`)
      return { shape: entry.shape, values }
    },
  }
}
