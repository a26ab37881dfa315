import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { EngineError } from '../contract/errors.ts'
import { PersonName } from '../contract/records.ts'
import { Role } from '../contract/role.ts'

/** A person of the team as the file holds them: of the token only its hash, which is no way in. */
const User = z.strictObject({
  name: PersonName,
  role: Role,
  /** SHA-256 of the token, hex; a token is 32 random bytes, so nothing slower is needed */
  tokenSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** ms since 1970 */
  added: z.int(),
})
export type User = z.infer<typeof User>
const UsersFile = z.strictObject({ users: z.array(User).max(10_000) })

/** ms after which a change that was begun is of a process that died */
const CHANGE_MS = 10_000
/** ms for which the file is not looked at again */
const FRESH_MS = 500

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/** The people of a team in a small file that only its owner can read; changes of it hold for a running server within a second. */
export interface Users {
  list(): readonly Omit<User, 'tokenSha256'>[]
  /** @returns the token, which is nowhere to be found afterwards. Throws EngineError when the name is taken. */
  add(name: string, role: Role): string
  /** Throws EngineError 'not-found'. */
  remove(name: string): void
  /** Whose token this is. While the file can't be read it is nobody's; never throws. */
  readonly who: (token: string) => Pick<User, 'name' | 'role'> | undefined
}

/** @throws EngineError 'bad-file' when the file is none of ours */
export function openUsers(path: string): Users {
  let byHash = new Map<string, User>()
  let lookedAt = Number.NEGATIVE_INFINITY
  let seen = ''
  /** why the file can't be read, as it was last said */
  let broken = ''

  function read(): readonly User[] {
    const about = statSync(path, { throwIfNoEntry: false })
    const version = about === undefined ? '' : `${about.mtimeMs} ${about.size} ${about.ino}`
    lookedAt = performance.now()
    if (version === seen) return [...byHash.values()]
    let users: readonly User[] = []
    if (about !== undefined) {
      try {
        ({ users } = UsersFile.parse(JSON.parse(readFileSync(path, 'utf8'))))
      } catch (error) {
        throw new EngineError('bad-file', `${path}: the list of users can’t be read; remove it and add them again with maskwright users add`, { cause: error })
      }
    }
    byHash = new Map(users.map((user) => [user.tokenSha256, user]))
    seen = version
    return users
  }

  /** One process at a time: the file that becomes the new list is also the lock. Throws EngineError 'in-use'. */
  function change(to: (users: readonly User[]) => readonly User[]): void {
    mkdirSync(dirname(path), { recursive: true })
    const part = `${path}.part`
    const left = statSync(part, { throwIfNoEntry: false })
    if (left !== undefined && Date.now() - left.mtimeMs > CHANGE_MS) rmSync(part, { force: true })
    try {
      writeFileSync(part, '', { mode: 0o600, flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      throw new EngineError('in-use', `${path} is being changed by another process; try again`, { cause: error })
    }
    try {
      seen = ''
      writeFileSync(part, `${JSON.stringify({ users: to(read()) }, null, 2)}\n`, { flush: true })
      renameSync(part, path)
    } catch (error) {
      rmSync(part, { force: true })
      throw error
    }
    seen = ''
    lookedAt = Number.NEGATIVE_INFINITY
  }

  read()
  return {
    list: () => read().map(({ name, role, added }) => ({ name, role, added })),
    add(name, role) {
      const token = randomBytes(32).toString('base64url')
      change((users) => {
        if (users.some((user) => user.name === name)) throw new EngineError('bad-input', `there is a user ${JSON.stringify(name)} already; remove them first to give them another role or token`)
        return [...users, User.parse({ name, role, tokenSha256: hashOf(token), added: Date.now() })]
      })
      return token
    },
    remove(name) {
      change((users) => {
        if (users.every((user) => user.name !== name)) throw new EngineError('not-found', `there is no user ${JSON.stringify(name)}`)
        return users.filter((user) => user.name !== name)
      })
    },
    who(token) {
      if (performance.now() - lookedAt > FRESH_MS) {
        try {
          read()
          broken = ''
        } catch (error) {
          byHash = new Map()
          seen = ''
          const problem = error instanceof Error ? error.message : String(error)
          if (problem !== broken) process.stderr.write(`maskwright: nobody is let in: ${problem}\n`)
          broken = problem
        }
      }
      return byHash.get(hashOf(token))
    },
  }
}
