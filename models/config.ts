import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../main/contract/errors.ts'

/** One object of a checkpoint's config.json, read field by field; a message names the file, the field and what is wanted. */
export class Config {
  readonly where: string
  readonly #fields: Readonly<Record<string, unknown>>

  constructor(where: string, value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new EngineError('bad-file', `${where}: a JSON object is wanted`)
    this.where = where
    this.#fields = value as Record<string, unknown>
  }

  #refuse(name: string, wanted: string): never {
    const found = JSON.stringify(this.#fields[name])
    throw new EngineError('bad-file', `${this.where}: "${name}" is ${found === undefined ? 'missing' : found.slice(0, 80)}; ${wanted} is wanted`)
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined && this.#fields[name] !== null
  }

  /** Whether the field is there and says null. */
  isNull(name: string): boolean {
    return this.#fields[name] === null
  }

  object(name: string): Config {
    if (!this.has(name)) this.#refuse(name, 'an object')
    return new Config(`${this.where} "${name}"`, this.#fields[name])
  }

  /** A whole number ≥ 1. */
  size(name: string, otherwise?: number): number {
    const value = this.has(name) ? this.#fields[name] : otherwise
    return Number.isSafeInteger(value) && (value as number) >= 1 ? value as number : this.#refuse(name, 'a whole number ≥ 1')
  }

  number(name: string, otherwise?: number): number {
    const value = this.has(name) ? this.#fields[name] : otherwise
    return typeof value === 'number' && Number.isFinite(value) ? value : this.#refuse(name, 'a number')
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.has(name) ? this.#fields[name] : otherwise
    return typeof value === 'boolean' ? value : this.#refuse(name, 'true or false')
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], otherwise?: T): T {
    const value = this.has(name) ? this.#fields[name] : otherwise
    return allowed.find((word) => word === value) ?? this.#refuse(name, `one of ${allowed.join(', ')}`)
  }

  strings(name: string): readonly string[] {
    const value = this.#fields[name]
    return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string') ? value : this.#refuse(name, 'a list of names')
  }

  numbers(name: string, otherwise?: readonly number[]): readonly number[] {
    const value = this.has(name) ? this.#fields[name] : otherwise
    return Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === 'number') ? value : this.#refuse(name, 'a list of numbers')
  }

  /** A whole number, or a list of `length` of them. */
  sizes(name: string, length: number, otherwise?: number): readonly number[] {
    const value = this.has(name) ? this.#fields[name] : otherwise
    const list: readonly unknown[] = Array.isArray(value) ? value : Array.from({ length }, () => value)
    return list.length === length && list.every((entry) => Number.isSafeInteger(entry) && (entry as number) >= 1) ? list as number[] : this.#refuse(name, `a whole number ≥ 1 or a list of ${length}`)
  }

  /** Refuses a field that asks for what the architectures here do not do. */
  expect(name: string, allowed: readonly unknown[], why: string): void {
    if (this.has(name) && !allowed.includes(this.#fields[name])) this.#refuse(name, `${allowed.map((value) => JSON.stringify(value)).join(' or ')} (${why})`)
  }
}

/**
 * The first of these files that the folder has, as JSON.
 * @throws EngineError 'not-found' | 'bad-file'
 */
export async function readConfig(folder: string, names: readonly string[] = ['config.json']): Promise<Config> {
  for (const name of names) {
    const path = join(folder, name)
    let text
    try {
      text = await readFile(path, 'utf8')
    } catch {
      continue
    }
    try {
      return new Config(path, JSON.parse(text))
    } catch (error) {
      if (error instanceof EngineError) throw error
      throw new EngineError('bad-file', `${path}: not JSON: ${(error as Error).message}`)
    }
  }
  throw new EngineError('not-found', `${folder}: no ${names.join(' or ')} in it; it belongs to the checkpoint and says how the network is built`)
}
