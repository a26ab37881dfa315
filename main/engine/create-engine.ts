import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { EngineError } from '../contract/errors.ts'
import type { EngineEvent } from '../contract/events.ts'
import type { Handlers } from '../contract/handlers.ts'
import type { PipelineState } from '../contract/jobs.ts'
import { isProcedureName, type ProcedureName } from '../contract/procedures.ts'
import { mayCall, PROCEDURE_ROLES } from '../contract/roles.ts'
import { createPictures, type PictureOf } from '../images/pictures.ts'
import { createPrelabel } from '../prelabel/prelabel.ts'
import { openProjectFile } from '../project/open-project-file.ts'
import { answerCalls } from './answer-calls.ts'
import type { Caller } from './caller.ts'
import type { EngineContext } from './context.ts'
import type { Engine, EngineOptions } from './engine.ts'
import { createGrants } from './grants.ts'
import { agreementHandlers } from './handlers/agreement-handlers.ts'
import { appHandlers } from './handlers/app-handlers.ts'
import { filesHandlers } from './handlers/files-handlers.ts'
import { folderHandlers } from './handlers/folder-handlers.ts'
import { imageHandlers } from './handlers/image-handlers.ts'
import { memoryHandlers } from './handlers/memory-handlers.ts'
import { packsHandlers } from './handlers/packs-handlers.ts'
import { prelabelHandlers } from './handlers/prelabel-handlers.ts'
import { projectHandlers } from './handlers/project-handlers.ts'
import { classListHandlers } from './handlers/class-list-handlers.ts'
import { recordHandlers } from './handlers/record-handlers.ts'
import { transferHandlers } from './handlers/transfer-handlers.ts'
import { teamHandlers } from './handlers/team-handlers.ts'
import { joinDataSet } from './join-data-set.ts'
import { openLog } from './log.ts'
import { createProjects } from './projects.ts'
import { createRecentProjects } from './recent-projects.ts'
import { addFolder } from './sync-folder.ts'
import { createTeam } from './team.ts'

/** Calls that don't work on the open project; closing one must not wait for them, least of all for itself. */
const OUTSIDE_PROJECT: ReadonlySet<ProcedureName> = new Set(['app.info', 'app.log', 'app.exportLog', 'files.pick', 'files.browse', 'project.recent', 'project.create', 'project.open', 'project.close',
  'packs.list', 'packs.install', 'packs.pause', 'packs.resume', 'packs.cancel', 'packs.verify', 'packs.benchmark', 'packs.remove'])

/** Changes of the project that are no edits; an edit writes its line itself. */
const AUDITED: ReadonlySet<ProcedureName> = new Set(['folder.add', 'folder.sync', 'folder.relink', 'prelabel.start', 'prelabel.goOn', 'prelabel.pause', 'prelabel.resume', 'prelabel.cancel', 'import.apply', 'export.write', 'ticks.write', 'memory.forget', 'memory.write', 'project.backup', 'team.takeOver'])

/**
 * The engine: everything behind the contract, the same in Electron's main process, in `serve` and in the command line.
 * Every input is checked against its schema, outputs too when `checkOutputs`; every failure comes back as data.
 * @throws Node's error when the data folder can't be made
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  await mkdir(options.dataFolder, { recursive: true })
  const log = openLog(join(options.dataFolder, 'logs'))
  const pictures = createPictures(join(options.dataFolder, 'cache'))
  const listeners = new Map<string, Set<(event: EngineEvent) => void>>()
  const undecodable = new Set<string>()
  let pipeline: PipelineState = { state: 'stopped', device: null, memoryBytes: null, message: null }
  let closed = false

  const emit: EngineContext['emit'] = (event, exceptCallerId) => {
    if (event.name === 'pipeline.state') pipeline = event.data
    for (const [callerId, own] of listeners) {
      if (callerId === exceptCallerId) continue
      for (const listener of own) {
        try {
          listener(event)
        } catch (error) {
          log.write('error', 'engine', `a listener failed on ${event.name}: ${String(error)}`)
        }
      }
    }
  }

  const projects = createProjects({
    log,
    openFile: (path, create) => openProjectFile(path, create === undefined ? {} : { create }),
    startPrelabel: (file) => createPrelabel({ file, options, log, emit }),
  })
  const recent = createRecentProjects(options.dataFolder, log)
  /** An image of the open project whose picture can be read. */
  const pictureOf = (imageId: number): PictureOf | undefined => {
    const file = projects.peek()?.file
    const image = Number.isSafeInteger(imageId) && imageId > 0 ? file?.images.location(imageId) : undefined
    if (file === undefined || image === undefined || image.problem !== null) return undefined
    const { revision, folderPath, path, width, height } = image
    return { projectId: file.id, imageId, revision, folderPath, path, width, height }
  }
  const tones: EngineContext['tones'] = async (imageId) => {
    const of = pictureOf(imageId)
    if (of === undefined) throw new EngineError('not-found', `the project has no image ${imageId} whose picture can be read`)
    return pictures.tones(of)
  }
  const team = createTeam((event) => emit(event))
  const context: EngineContext = { team, options, log, grants: createGrants(), project: () => projects.current(), tones, emit }
  const packs = packsHandlers(context)
  const handlers: Handlers<Caller> = {
    ...appHandlers(context, { projectOpen: () => projects.peek() !== undefined, pipeline: () => pipeline }),
    ...filesHandlers(context),
    ...projectHandlers(context, projects, recent),
    ...folderHandlers(context, projects),
    ...imageHandlers(context),
    ...recordHandlers(context),
    ...classListHandlers(context),
    ...prelabelHandlers(context),
    ...memoryHandlers(context),
    ...agreementHandlers(context),
    ...transferHandlers(context),
    ...packs.handlers,
    ...teamHandlers(team),
  }

  const answer = answerCalls(handlers, { log, checkOutputs: options.checkOutputs === true })

  return {
    async call(name, input, caller) {
      if (closed) return { ok: false, code: 'cancelled', message: 'Maskwright is closing' }
      if (!isProcedureName(name)) return { ok: false, code: 'unknown-procedure', message: `there is no procedure ${JSON.stringify(name).slice(0, 80)}` }
      if (!mayCall(caller.role ?? null, name)) {
        log.write('warn', 'team', `${caller.author} (${caller.role}) was refused ${name}`)
        return { ok: false, code: 'not-allowed', message: `${name} needs the role ${PROCEDURE_ROLES[name]}; you are ${caller.role}. Ask an owner of the project` }
      }
      const session = OUTSIDE_PROJECT.has(name) ? undefined : projects.peek()
      const answering = answer(name, input, caller)
      if (session === undefined) return answering
      const answered = await session.during(answering)
      if (answered.ok && AUDITED.has(name) && projects.peek() === session) {
        try {
          session.file.audit.add(caller.author, name)
        } catch (error) {
          // it is done: an answer that says otherwise would have it done again
          log.write('error', 'team', `${caller.author}: ${name} has no line in the audit: ${error instanceof Error ? error.message : String(error)}`)
        }
      }
      return answered
    },

    subscribe(caller, listener) {
      const own = listeners.get(caller.id) ?? new Set()
      listeners.set(caller.id, own)
      own.add(listener)
      return () => {
        own.delete(listener)
        if (own.size > 0 || listeners.get(caller.id) !== own) return
        listeners.delete(caller.id)
        team.left(caller.id)
      }
    },

    async picture(imageId, part) {
      const of = pictureOf(imageId)
      if (of === undefined) return undefined
      try {
        if (part.kind === 'thumb') return await pictures.thumbnail(of)
        if (part.kind === 'mip') return await pictures.mip(of, part.level, part.tones)
        return await pictures.tile(of, part.level, part.column, part.row, part.tones)
      } catch (error) {
        const key = `${of.projectId} ${imageId} ${of.revision}`
        if (!undecodable.has(key)) {
          undecodable.add(key)
          log.write('warn', 'images', error instanceof Error ? error.message : String(error))
        }
        return undefined
      }
    },

    async openProject(path, { create } = {}) {
      const absolute = resolve(path)
      const there = existsSync(absolute)
      if (!there && create === undefined) throw new EngineError('not-found', `there is no project ${JSON.stringify(absolute)}`)
      await projects.open(absolute, there ? undefined : create)
      if (options.shell !== 'cli') await recent.opened(absolute)
      emit({ name: 'project.changed', data: { open: true } })
    },

    async addFolder(path) {
      const session = projects.current()
      return session.during(addFolder(context, session, path))
    },

    async importDataSet(path) {
      const session = projects.current()
      return session.during(joinDataSet(context, session, path, { format: null, done: true }))
    },

    async close() {
      if (closed) return
      closed = true
      await packs.close()
      await projects.close()
      listeners.clear()
    },
  }
}
