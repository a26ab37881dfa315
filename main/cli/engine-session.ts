import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import { createClient, type Client } from '../contract/client.ts'
import { EngineError } from '../contract/errors.ts'
import type { PickPurpose } from '../contract/files.ts'
import type { ScanReport } from '../contract/images.ts'
import type { Engine } from '../engine/engine.ts'
import { forkNode } from '../engine/fork-node.ts'
import { personsName } from '../engine/persons-name.ts'
import type { Crew } from '../prelabel/crew.ts'
import { userDataFolder } from '../packs/user-data-folder.ts'
import { PIPELINE_ENTRY } from './places.ts'
import { problemLines, remarkLines } from './report-text.ts'

/** The engine as a command uses it: the procedures of the contract, and grants for the paths a person typed. */
export interface Session {
  readonly client: Client
  readonly engine: Engine
  /** a grant for a path of the command line */
  grant(purpose: PickPurpose, path: string): Promise<string>
  /** what adding the folder of pictures found; undefined when none was to be added */
  readonly scan?: ScanReport
}

export interface SessionOptions {
  /** undefined: a temporary project, removed at the end */
  readonly project: string | undefined
  /** make the project when it is not there */
  readonly create: boolean
  /** a folder of pictures to add */
  readonly images?: string | undefined
  /** other machines that do the pre-labelling */
  readonly crew?: Crew | undefined
}

/**
 * Runs a command's work on an engine with the project open, and closes both whatever happens. Pictures of the folder that
 * can't be read are named on standard error.
 * @throws EngineError as the engine's procedures do
 */
export async function withProject<T>(options: SessionOptions, work: (session: Session) => Promise<T>): Promise<T> {
  if (options.images !== undefined && !existsSync(options.images)) throw new EngineError('not-found', `--images ${options.images}: there is no such folder`)
  if (options.project !== undefined && !options.create && !existsSync(options.project)) throw new EngineError('not-found', `--project ${options.project}: there is no such file`)
  const temporary = options.project === undefined ? await mkdtemp(join(tmpdir(), 'maskwright-')) : undefined
  const path = resolve(options.project ?? join(temporary ?? '', 'prelabel.maskwright'))
  const isNew = !existsSync(path)
  let worked = false
  try {
    return await withEngine(async (session) => {
      await session.engine.openProject(path, options.create || temporary !== undefined ? { create: { name: basename(path, extname(path)) } } : {})
      const scan = options.images === undefined ? undefined : await session.engine.addFolder(resolve(options.images))
      for (const line of scan === undefined ? [] : problemLines(scan)) process.stderr.write(`left out: ${line}\n`)
      for (const line of scan === undefined ? [] : remarkLines(scan)) process.stderr.write(`note: ${line}\n`)
      const result = await work(scan === undefined ? session : { ...session, scan })
      worked = true
      return result
    }, options.crew)
  } finally {
    // a command that failed leaves no project behind that it made itself
    if (temporary === undefined && isNew && !worked) for (const suffix of ['', '-lock', '-wal', '-shm']) await rm(`${path}${suffix}`, { force: true })
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true })
  }
}

/** The engine alone, without a project. */
export async function withEngine<T>(work: (session: Session) => Promise<T>, crew?: Crew): Promise<T> {
  // The command line is this engine's file dialog: it "picks" the path that was typed.
  let typed: string | undefined
  // loaded late, so that --help and a mistyped option answer at once
  const { createEngine } = await import('../engine/create-engine.ts')
  const engine = await createEngine({
    shell: 'cli',
    fork: forkNode,
    pipelineEntry: PIPELINE_ENTRY,
    dataFolder: userDataFolder(),
    roots: [],
    dialogs: { pick: () => Promise.resolve(typed === undefined ? [] : [typed]) },
    ...(crew === undefined ? {} : { crew }),
  })
  const caller = { id: 'command-line', author: personsName() }
  const client = createClient({
    call: (name, input) => engine.call(name, input, caller),
    onEvent: (listener) => engine.subscribe(caller, listener),
    onConnection: () => () => undefined,
  })
  try {
    return await work({
      client,
      engine,
      async grant(purpose, path) {
        typed = resolve(path)
        const { grants: [grant] } = await client.call('files.pick', { purpose })
        typed = undefined
        if (grant === undefined) throw new EngineError('not-found', `${path} can’t be used`)
        return grant.grant
      },
    })
  } finally {
    await engine.close()
  }
}
