import { StrictMode } from 'react'
import { I18nProvider } from 'react-aria-components'
import { createRoot } from 'react-dom/client'
import { I18nextProvider, useTranslation } from 'react-i18next'
import { createClient } from '../main/contract/client.ts'
import { viewControl } from './canvas/view-control.ts'
import { createCommands } from './commands/command-table.ts'
import { keyLabel } from './commands/key-label.ts'
import { listenForKeys } from './commands/key-listener.ts'
import { followTool } from './commands/last-tool.ts'
import { movePane } from './commands/panes.ts'
import { createEditor } from './document/editor.ts'
import { reasonOf } from './document/reason-of.ts'
import './theme/base.css'
import { createThemeStore } from './theme/theme-choice.ts'
import './theme/tokens.css'
import { createTranslations, pageStorage } from './translations/languages.ts'
import { connect } from './transport/connect.ts'
import { PageContext } from './views/page-context.tsx'
import { watchEngine } from './views/state/engine-state.ts'
import { rememberHand } from './views/state/hand-choices.ts'
import { createHeat } from './views/state/heat.ts'
import { createImageList } from './views/state/image-list.ts'
import { createKeyStore } from './views/state/key-store.ts'
import { createLayoutChoices } from './views/state/layout-choices.ts'
import { createLiveSettings } from './views/state/live-settings.ts'
import { createNoticeList } from './views/state/notice-list.ts'
import { createPage, type Page } from './views/state/page.ts'
import { createPictureLook } from './views/state/picture-look.ts'
import { sayWhatHappened } from './views/state/say-what-happened.ts'
import { proposeOnOpen } from './views/state/propose-on-open.ts'
import { createRecipeChoice } from './views/state/recipe-choice.ts'
import { watchTeam } from './views/state/team-watch.ts'
import { createViewChoices } from './views/state/view-choices.ts'
import { PageWindow } from './views/window.tsx'

const mac = navigator.platform.startsWith('Mac')

/** What Chromium knows of the keyboard; other browsers have no such thing, and a US board is assumed. */
async function keyboardLayout(): Promise<ReadonlyMap<string, string> | null> {
  const { keyboard } = navigator as Navigator & { readonly keyboard?: { getLayoutMap(): Promise<ReadonlyMap<string, string>> } }
  try {
    return (await keyboard?.getLayoutMap()) ?? null
  } catch {
    return null
  }
}

/** The engine's own words reach the person, and what others changed reaches the views. */
function followEngine(page: Page): void {
  const { client, engine, images, notices } = page
  client.on('notice', ({ level, message }) => notices.add(level, message))
  client.on('images.changed', () => images.refresh())
  client.on('records.changed', () => images.refresh())
  client.on('project.changed', () => void page.attempt(page.reload))
  let lost = false
  client.onConnection((state) => {
    if (state === 'open' && lost) void page.attempt(page.reload)
    lost = state !== 'open'
  })
  let saving = page.editor.state().saving
  page.editor.subscribe(() => {
    const now = page.editor.state().saving
    // counts and states in the filmstrip follow what was just stored
    if (now === 'saved' && saving !== 'saved') images.refresh()
    saving = now
  })
  let jobState = engine.state().job?.state
  engine.subscribe(() => {
    const now = engine.state().job?.state
    if (now !== jobState && (now === 'finished' || now === 'cancelled')) images.refresh()
    jobState = now
  })
}

function Root({ page, layout }: { readonly page: Page; readonly layout: ReadonlyMap<string, string> | null }) {
  const { t, i18n } = useTranslation()
  const nameOfKey = (key: string) => keyLabel(key, mac, layout, { ctrl: t('keyName.ctrl'), shift: t('keyName.shift'), alt: t('keyName.alt') })
  return (
    <I18nProvider locale={i18n.language}>
      <PageContext value={{ page, nameOfKey }}>
        <PageWindow />
      </PageContext>
    </I18nProvider>
  )
}

async function start(): Promise<void> {
  const [i18n, layout] = await Promise.all([createTranslations(), keyboardLayout()])
  const storage = pageStorage()
  const client = createClient(connect())
  const notices = createNoticeList()
  const say = (key: string, values: Record<string, string | number> = {}) => i18n.t(key, values)
  const editor = createEditor(client, say)
  rememberHand(editor, storage)
  const complain = (error: unknown) => notices.add('error', reasonOf(error, say))
  const engine = watchEngine(client)
  const recipe = createRecipeChoice(storage)
  let project: string | null = null
  editor.subscribe(() => {
    const open = editor.state().project
    if (open === null || open.id === project) return
    project = open.id
    recipe.suggest(open.lastPack)
  })
  const page = createPage({
    client,
    editor,
    viewControl,
    engine,
    team: watchTeam(client, editor, engine),
    images: createImageList(client, complain),
    notices,
    theme: createThemeStore(document.documentElement, storage, window.matchMedia('(prefers-color-scheme: dark)')),
    choices: createViewChoices(storage),
    recipe,
    keys: createKeyStore(storage, mac),
    look: createPictureLook(),
    heat: createHeat(client, editor, complain),
    live: createLiveSettings(client, editor, complain),
    layout: createLayoutChoices(storage, document.documentElement),
    storage,
    say,
  })
  const commands = createCommands(page, say, (step) => movePane(document, step), followTool(page.editor))
  listenForKeys(document, { keymap: () => page.keys.state().keymap, mac, run: (command) => commands[command]() })
  followEngine(page)
  proposeOnOpen(page.editor, page.choices, async () => { if (page.editor.state().holder === null) await page.propose() })
  sayWhatHappened({ ...page, say })
  const root = document.querySelector('#root')
  if (root === null) throw new Error('index.html has no element #root')
  createRoot(root).render(
    <StrictMode>
      <I18nextProvider i18n={i18n}>
        <Root page={page} layout={layout} />
      </I18nextProvider>
    </StrictMode>,
  )
  await page.attempt(page.reload)
}

void start()
