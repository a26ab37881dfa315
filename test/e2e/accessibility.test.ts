import type { Page } from 'playwright-core'
import { beforeAll, expect, test, vi } from 'vitest'
import type { Annotator } from './annotator.ts'
import { violationsOn } from './axe.ts'
import { drawPictures, PICTURES } from './draw-pictures.ts'
import { workplace } from './workplace.ts'

// Every view, menu and dialog in both themes, looked at by axe; and the console stays silent.
const place = workplace('axe')
let page: Page
let hands: Annotator
let errors: readonly string[]
let said: readonly string[]

beforeAll(async () => {
  await drawPictures(place.photos, PICTURES.slice(0, 2))
  ;({ page, hands, errors, said } = await place.open(['--project', place.project, '--images', place.photos]))
  await hands.addClasses('ball, box')
  await hands.openPicture(PICTURES[0].name)
  await page.keyboard.press('Control+p')
  await vi.waitFor(async () => expect((await hands.rows()).length).toBeGreaterThan(1), { timeout: 30_000, interval: 200 })
})

/** Accessibility violations of what is on screen. */
const violations = async (where: string): Promise<string[]> => (await violationsOn(page)).map((violation) => `${where}: ${violation}`)

/** Esc until nothing lies over the page. */
async function closeAll(): Promise<void> {
  for (let i = 0; i < 4 && (await page.locator('[role="dialog"], [role="menu"], [role="listbox"]').count()) > 0; i++) {
    await page.keyboard.press('Escape')
    await page.waitForTimeout(100)
  }
}

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })
/** An entry of the project menu opens. */
const entry = async (name: string) => {
  await button(/^Project:/).click()
  await page.getByRole('menuitem', { name }).click()
}
/** An entry of the first class's menu opens. */
const ofClass = async (name: RegExp) => {
  await button('More for ball').click()
  await page.getByRole('menuitem', { name }).click()
}

/** Each place: how to get there, and what shows that one is there. */
const PLACES: Readonly<Record<string, () => Promise<void>>> = {
  'the project menu': () => button(/^Project:/).click(),
  'the menu of looks': () => button('Look').click(),
  'the language menu': () => button('Language').click(),
  'the mask menu': () => button('Mask operations').click(),
  'the menu of a class': () => button('More for ball').click(),
  'brightness and contrast': () => button('Brightness and contrast').click(),
  'new project': () => entry('New project'),
  folders: () => button('Folders').click(),
  import: () => button('Import').click(),
  export: () => button('Export').click(),
  'pre-label': () => button('Pre-label').click(),
  log: () => entry('Log'),
  history: () => page.keyboard.press('Control+h'),
  keys: () => page.keyboard.press('F1'),
  'a key being asked for': async () => {
    await page.keyboard.press('F1')
    await button('Box: R. Change this key').click()
    await page.keyboard.press('b')
    await page.getByText('B is the key of').waitFor()
  },
  synonyms: () => ofClass(/^Synonyms/),
  'delete or merge a class': () => ofClass(/^Delete or merge/),
  'colour of a class': () => ofClass(/^Colour/),
  'the file browser': async () => {
    await button('Export').click()
    await page.getByRole('dialog').getByRole('button', { name: /^Export/ }).click()
    await page.getByRole('row').first().waitFor()
  },
}

test.each(['dark', 'light'] as const)('%s: no violation anywhere', async (colorScheme) => {
  await page.emulateMedia({ colorScheme })
  await page.keyboard.press('v')
  const found = await violations('workspace')
  await page.keyboard.press('Tab')
  found.push(...await violations('a selected proposal'))
  await page.keyboard.press('m')
  found.push(...await violations('a preview'))
  await page.keyboard.press('Escape')
  for (const [name, open] of Object.entries(PLACES)) {
    await open()
    await page.locator('[role="dialog"], [role="menu"]').first().waitFor()
    await page.waitForTimeout(100) // a popover has found its place
    found.push(...await violations(name))
    await closeAll()
  }
  await entry('Show the tour')
  await page.getByRole('region', { name: 'A look around' }).waitFor()
  found.push(...await violations('the tour'))
  await button('Skip').click()
  expect(found).toEqual([])
}, 240_000)

test('without a project: no violation on the start view, in both themes', async () => {
  await entry('Close project')
  await page.getByRole('heading', { level: 1 }).waitFor()
  const found: string[] = []
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    found.push(...await violations(`start view, ${colorScheme}`))
  }
  expect(found).toEqual([])
}, 180_000)

test('the browser’s console said nothing', () => {
  expect([said, errors]).toEqual([[], []])
})
