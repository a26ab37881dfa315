import type { Client } from '../../../main/contract/client.ts'
import { EngineError } from '../../../main/contract/errors.ts'
import type { Grant, PickPurpose } from '../../../main/contract/files.ts'
import type { ImageFilter, ImageRow } from '../../../main/contract/images.ts'
import type { InputOf } from '../../../main/contract/procedures.ts'
import type { ViewControl } from '../../canvas/view-control.ts'
import type { Editor } from '../../document/editor-state.ts'
import { reasonOf } from '../../document/reason-of.ts'
import type { ThemeStore } from '../../theme/theme-choice.ts'
import type { EngineWatch } from './engine-state.ts'
import type { Heat } from './heat.ts'
import type { ImageList } from './image-list.ts'
import type { KeyStore } from './key-store.ts'
import type { LayoutChoices } from './layout-choices.ts'
import type { PictureLook } from './picture-look.ts'
import type { LiveSettings } from './live-settings.ts'
import type { NoticeList } from './notice-list.ts'
import { placeBeside } from './queue-place.ts'
import { createStore, type Store } from './store.ts'
import type { TeamWatch } from './team-watch.ts'
import type { ViewChoices } from './view-choices.ts'
import { asRequest, type RecipeChoice } from './recipe-choice.ts'

export type DialogName = 'create' | 'folders' | 'import' | 'export' | 'prelabel' | 'log' | 'history' | 'keys' | 'grid' | 'ticks' | 'memory' | 'models' | 'fit' | 'agreement'

/** A question for a file or folder where the shell has no native dialog for it. */
export interface FileQuestion {
  readonly purpose: PickPurpose
  /** what may be chosen */
  readonly type: Grant['type']
  readonly answer: (grant: Grant | null) => void
}

export interface PageState {
  readonly dialog: DialogName | null
  readonly question: FileQuestion | null
  /** images marked in the filmstrip for a job on just these */
  readonly marked: ReadonlySet<number>
  /** grows each time a person asks to write a comment */
  readonly commenting: number
}

/** What the page is made of; made once, at its start. */
interface PageParts {
  readonly client: Client
  readonly editor: Editor
  readonly viewControl: ViewControl
  readonly engine: EngineWatch
  readonly team: TeamWatch
  readonly images: ImageList
  readonly notices: NoticeList
  readonly theme: ThemeStore
  readonly choices: Store<ViewChoices>
  readonly recipe: Store<RecipeChoice>
  readonly keys: KeyStore
  readonly heat: Heat
  readonly live: LiveSettings
  readonly layout: Store<LayoutChoices>
  readonly look: Store<PictureLook>
}

/** Everything the views work on. The document is the editor's; the rest is what the page itself has to remember. */
export interface Page extends PageParts {
  readonly store: Store<PageState>

  /** Says what went wrong; an error that is no failure of the engine is said too, never swallowed. */
  fail(error: unknown): void
  /** Runs work; a failure becomes a notice and the answer is undefined. */
  attempt<T>(work: () => Promise<T>): Promise<T | undefined>
  show(dialog: DialogName | null): void
  /** A file or folder by native dialog, or by our own browser of allowed folders; null: cancelled. */
  pick(purpose: PickPurpose, type: Grant['type'], suggestedName?: string): Promise<Grant | null>

  openProject(grant: string): Promise<boolean>
  createProject(grant: string, name: string): Promise<boolean>
  closeProject(): Promise<void>
  /** Everything that is shown, anew from the engine: after start, another project, or a lost connection. */
  readonly reload: () => Promise<void>
  openImage(imageId: number): void
  /** The image before (-1) or after (1) the open one in the list. */
  goBy(step: 1 | -1): Promise<void>
  goToUnfinished(direction: 'next' | 'previous'): Promise<void>
  /** Accepts all proposals that are shown, and says how many of them have no class. */
  acceptAllShown(only?: ReadonlySet<number>): void
  /** Why the open image can't be marked done, in the person's language; null: it can. */
  whyNotDone(): string | null
  /** Marks the open image done and goes on to the next unfinished one. */
  finishImage(): Promise<void>
  /** Unfolds the review of the open image, with the cursor in a new comment. */
  comment(): void
  /** Proposals for the open image now. */
  propose(how?: Omit<InputOf<'prelabel.image'>, 'imageId'>): Promise<void>
  setMarked(ids: ReadonlySet<number>): void
  /** Gives the marked images a state, names or a verdict; each of them can be undone on its own. */
  markImages(patch: InputOf<'images.mark'>['patch']): Promise<void>
  /** Takes a class out of the list; its annotations on every image get another one, or none. */
  replaceClass(classId: number, by: number | null): Promise<void>
}

interface Parts extends PageParts {
  readonly storage: Pick<Storage, 'getItem' | 'setItem'> | null
  /** a sentence in the person's language */
  readonly say: (key: string, values?: Record<string, string | number>) => string
}

const lastImageKey = (projectId: string) => `maskwright.last.${projectId}`

/** Whether the picture of an image is there and can be read. */
export const canBeShown = (image: Pick<ImageRow, 'missing' | 'problem'>): boolean => !image.missing && image.problem === null

export function createPage(parts: Parts): Page {
  const { client, editor, engine, images, notices, storage, say, viewControl } = parts
  const store = createStore<PageState>({ dialog: null, question: null, marked: new Set(), commenting: 0 })

  const fail = (error: unknown) => {
    if (error instanceof EngineError && error.code === 'cancelled') return
    // the banner over everything says it
    if (error instanceof EngineError && error.code === 'unavailable' && engine.state().connection !== 'open') return
    notices.add('error', reasonOf(error, say))
  }
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      fail(error)
      return undefined
    }
  }

  const openFirst = async () => {
    const project = editor.state().project
    if (project === null || editor.state().image !== null) return
    const remembered = Number(storage?.getItem(lastImageKey(project.id)))
    const known = Number.isInteger(remembered) && remembered > 0 && (await images.placeOf(remembered)) !== null
    const first = known ? remembered : ((await client.call('images.nextUnfinished', { imageId: null, direction: 'next' })).imageId ?? (await images.rows(0, 0))[0]?.id)
    if (first !== undefined) await editor.openImage(first)
  }

  const reload = async () => {
    await engine.refresh()
    await editor.reload()
    if (engine.state().info?.project === true) images.setFilter(images.state().filter)
    else images.reset()
    await openFirst()
  }

  const enter = async (work: () => Promise<unknown>): Promise<boolean> => {
    const done = await attempt(async () => {
      await editor.flush()
      // edits that still wait (for a full disk, say) would be sent to the project that is opened next
      const { saving, failure } = editor.state()
      if (saving === 'failed') throw new EngineError('busy', failure ?? say('saving.failed'))
      await editor.openImage(null)
      await work()
      store.set({ dialog: null, marked: new Set() })
      images.reset()
      await reload()
      return true
    })
    return done ?? false
  }

  const openImage = (imageId: number) => {
    void attempt(() => editor.openImage(imageId))
  }

  /** where the open image stood in the list when it was opened, or when the list became this one */
  let opened: { readonly imageId: number; readonly filter: ImageFilter; readonly place: number | null } | null = null
  /** The place to go to from an image in the list as it is now. */
  const placeFrom = async (imageId: number, step: 1 | -1): Promise<number> =>
    placeBeside(step, images.state().filter.order ?? 'folder', await images.placeNow(imageId), opened?.imageId === imageId && opened.filter === images.state().filter ? opened.place : null)

  const goToUnfinished = async (direction: 'next' | 'previous') => {
    const current = editor.state().image?.id ?? null
    const answer = await attempt(async () => {
      const { filter } = images.state()
      const from = current === null ? undefined : await placeFrom(current, direction === 'next' ? 1 : -1)
      return client.call('images.nextUnfinished', { imageId: current, direction, filter, ...(from === undefined ? {} : { from }) })
    })
    if (answer === undefined) return
    if (answer.imageId === null || answer.imageId === current) notices.add('info', say('notice.noUnfinished'))
    else openImage(answer.imageId)
  }

  /** Fetches the pictures before and after the open one, once it is there itself. */
  const prefetchNeighbours = async (imageId: number) => {
    try {
      const place = await images.placeOf(imageId)
      if (editor.state().image?.id !== imageId) return
      opened = { imageId, filter: images.state().filter, place }
      if (place === null) return
      const rows = await images.rows(Math.max(0, place - 1), Math.min(place + 1, (images.state().total ?? 1) - 1))
      viewControl.prefetch(rows.filter(({ id, missing, problem }) => id !== imageId && !missing && problem === null))
    } catch {
      // Only a head start; opening one of them will say what is wrong.
    }
  }

  const whyNotDone = (): string | null => {
    const { image, holder } = editor.state()
    if (holder !== null) return say('said.heldBy', { name: holder })
    return image !== null && !canBeShown(image) ? say('notice.notShownNotDone') : null
  }

  let listed = images.state().filter
  images.subscribe(() => {
    const { filter } = images.state()
    if (filter === listed) return
    listed = filter
    const imageId = editor.state().image?.id
    if (imageId !== undefined) void images.placeNow(imageId).then((place) => { opened = { imageId, filter, place } }).catch(() => undefined)
  })
  let openId: number | undefined
  editor.subscribe(() => {
    const { project, image, loading } = editor.state()
    if (project !== null && image !== null) storage?.setItem(lastImageKey(project.id), String(image.id))
    if (loading || image?.id === openId) return
    openId = image?.id
    if (openId !== undefined) void prefetchNeighbours(openId)
  })

  return {
    ...parts,
    store,
    fail,
    attempt,
    reload,
    openImage,
    goToUnfinished,
    show: (dialog) => store.set({ dialog }),
    async pick(purpose, type, suggestedName) {
      if (engine.state().info?.nativeDialogs === true) {
        const answer = await attempt(() => client.call('files.pick', { purpose, ...(suggestedName === undefined ? {} : { suggestedName }) }))
        return answer?.grants[0] ?? null
      }
      return new Promise((resolve) => {
        store.state().question?.answer(null)
        store.set({
          question: {
            purpose,
            type,
            answer: (grant) => {
              store.set({ question: null })
              resolve(grant)
            },
          },
        })
      })
    },
    openProject: (grant) => enter(() => client.call('project.open', { grant })),
    createProject: (grant, name) => enter(() => client.call('project.create', { grant, name })),
    async closeProject() {
      await enter(() => client.call('project.close', {}))
    },
    async goBy(step) {
      const current = editor.state().image
      await attempt(async () => {
        const next = current === null ? 0 : await placeFrom(current.id, step)
        if (next < 0 || next >= (images.state().total ?? 0)) return
        const [row] = await images.rows(next, next)
        if (row !== undefined) await editor.openImage(row.id)
      })
    },
    acceptAllShown(only) {
      const { annotations, hidden } = editor.state()
      const count = annotations.filter(({ id, state, classId }) => state === 'pending' && classId === null && !hidden.has(id) && (only?.has(id) ?? true)).length
      editor.acceptAllShown(only)
      if (count > 0) notices.add('warn', say('notice.acceptedUnnamed', { count }))
    },
    whyNotDone,
    async finishImage() {
      const why = whyNotDone()
      if (why !== null) {
        notices.add('warn', why)
        return
      }
      editor.markDone()
      await editor.flush()
      images.refresh()
      await goToUnfinished('next')
    },
    comment() {
      parts.choices.set({ reviewOpen: true })
      store.set({ commenting: store.state().commenting + 1 })
    },
    async propose(how) {
      const { image, holder } = editor.state()
      if (image === null) return
      if (holder !== null) {
        notices.add('warn', say('said.heldBy', { name: holder }))
        return
      }
      const answer = await attempt(async () => {
        await editor.flush()
        return client.call('prelabel.image', { imageId: image.id, ...(how ?? asRequest(parts.recipe.state())) })
      })
      if (answer === undefined) return
      const seconds = Math.round(answer.milliseconds / 100) / 10
      notices.add('info', answer.unnamed === 0 ? say('notice.proposed', { count: answer.proposals, seconds }) : say('notice.proposedUnnamed', { count: answer.proposals, unnamed: answer.unnamed, seconds }))
    },
    setMarked: (marked) => store.set({ marked }),
    async markImages(patch) {
      const imageIds = [...store.state().marked]
      await attempt(async () => {
        await editor.flush()
        const { images: count } = await client.call('images.mark', { imageIds, patch })
        images.refresh()
        notices.add('info', say('images.markedAs', { count }))
      })
    },
    async replaceClass(classId, by) {
      await attempt(async () => {
        await editor.flush()
        const { annotations: count, images: on } = await client.call('classes.replace', { classId, by })
        await editor.reload()
        images.refresh()
        notices.add('info', say('classes.replaced', { count, images: on }))
      })
    },
  }
}
