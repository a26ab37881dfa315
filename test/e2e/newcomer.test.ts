import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import type { Annotator } from './annotator.ts'
import { drawPictures, PICTURES } from './draw-pictures.ts'
import { workplace } from './workplace.ts'

// Faults that a person new to the page ran into.
const place = workplace('newcomer')
let page: Page
let hands: Annotator

beforeAll(async () => {
  await drawPictures(place.photos)
  writeFileSync(join(place.photos, 'broken.jpg'), 'no picture')
  ;({ page, hands } = await place.open(['--project', place.project, '--images', place.photos], { colorScheme: 'dark' }))
  await hands.addClasses('ball, box, other')
})

/** The accessible role of what has the focus; 'none': nothing has it. */
const focusedIn = (): Promise<string> => page.evaluate(() => document.activeElement?.closest('[role="dialog"]')?.getAttribute('role') ?? 'none')

test('Esc works in a dialog whose nested dialog was closed, and in one whose pressed button is gone', async () => {
  await page.getByRole('button', { name: /^Project:/ }).click()
  await page.getByRole('menuitem', { name: 'New project' }).click()
  const create = page.getByRole('dialog', { name: 'New project' })
  await create.getByRole('button', { name: 'Choose' }).click()
  await page.getByRole('dialog', { name: 'Where should the project file go?' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Where should the project file go?' }).waitFor({ state: 'detached' })
  await expect.poll(focusedIn).toBe('dialog')
  await page.keyboard.press('Escape')
  await create.waitFor({ state: 'detached' })

  await page.getByRole('button', { name: 'Export' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export annotations' })
  await dialog.getByRole('button', { name: 'Export' }).click()
  const browse = page.getByRole('dialog', { name: 'Where should the export go?' })
  await browse.getByRole('row').first().click()
  await browse.getByRole('button', { name: /^Choose/ }).click()
  await page.getByText('Written to').waitFor()
  await expect.poll(focusedIn).toBe('dialog')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
})

test('a picture that can’t be shown is not marked done, and the status bar claims no size or zoom of it', async () => {
  await page.getByRole('button', { name: 'broken.jpg' }).click()
  await page.getByText('broken.jpg can’t be shown').waitFor()
  expect(await page.getByRole('button', { name: 'Done', exact: true }).isDisabled()).toBe(true)
  const status = await page.getByRole('contentinfo').innerText()
  expect(status).not.toMatch(/0 × 0|\d %/)
  expect(status).toContain('Assistant')
  await page.keyboard.press('Control+Enter')
  await page.getByText('can’t be marked done').waitFor()
  expect(await page.getByRole('button', { name: /broken\.jpg.*done/ }).count()).toBe(0)
})

test('an undo that reaches into the class list says so, and takes back all names that were typed at once', async () => {
  const classes = page.getByRole('region', { name: 'Classes' }).getByRole('listitem')
  await hands.openPicture(PICTURES[0].name)
  await expect.poll(() => classes.count()).toBe(3)
  await page.keyboard.press('Control+z')
  await page.getByText('Undone in the class list: change of the class list').waitFor()
  expect(await classes.count()).toBe(0)
  await page.keyboard.press('Control+Shift+z')
  await page.getByText('Redone in the class list: change of the class list').waitFor()
  await expect.poll(() => classes.count()).toBe(3)
})

test('Esc leaves the field for a new class, and the next key takes a tool', async () => {
  const field = page.getByPlaceholder('New class')
  await field.fill('half a na')
  await field.press('Escape')
  expect(await field.inputValue()).toBe('')
  await page.keyboard.press('e')
  await page.getByRole('contentinfo').getByText('Eraser').waitFor()
  expect(await field.inputValue()).toBe('')
  await page.keyboard.press('v')
})

test('a click of the wand before the picture’s px are there waits for them, and is previewed then', async () => {
  await page.route('**/pictures/*/*/mip/*', async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 2000) })
    await route.continue()
  })
  await page.getByRole('button', { name: PICTURES[4].name }).click()
  await hands.canvas(PICTURES[4].name).waitFor()
  await page.keyboard.press('w')
  await hands.click(PICTURES[4], PICTURES[4].ball.x, PICTURES[4].ball.y)
  const bar = page.getByRole('toolbar', { name: 'Preview' })
  await bar.getByText('Looking at the picture').waitFor()
  expect(await bar.getByRole('button', { name: 'Keep' }).isDisabled()).toBe(true)
  await expect.poll(() => bar.getByRole('button', { name: 'Keep' }).isEnabled(), { timeout: 20_000 }).toBe(true)
  await page.keyboard.press('Escape')
  await bar.waitFor({ state: 'detached' })
  await page.unroute('**/pictures/*/*/mip/*')
  await page.keyboard.press('v')
  await hands.openPicture(PICTURES[0].name)
})

test('accepted masks without a class are counted when they are accepted and when they are left out of an export', async () => {
  await page.keyboard.press('Control+p')
  await expect.poll(async () => (await hands.rows()).length, { timeout: 20_000 }).toBeGreaterThan(0)
  expect((await hands.rows()).every((row) => /▪ [\d.,]+.?%/.test(row))).toBe(true) // rows without a score say how large they are
  const count = (await hands.rows()).length
  await hands.annotations().getByRole('button', { name: /^Accept (all )?\d+ proposal/ }).click()
  await page.getByText(/accepted masks ha(s|ve) no class yet/).waitFor()
  await hands.saved()
  await page.getByRole('button', { name: 'Export' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export annotations' })
  await dialog.getByText(new RegExp(`^${count} masks? ha(s|ve) no class`)).waitFor()
  expect(await dialog.getByText(/Nothing needs mending|Everything you chose/).count()).toBe(0)
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
})

test.each([['English', 'Done', 'Proposals for this image'], ['Français', 'Terminer', 'Propositions pour cette image']])('in %s, proposals and Done stay whole in view at every width, with any tool', async (language, ...names) => {
  await page.setViewportSize({ width: 1280, height: 700 })
  await page.getByRole('button', { name: 'Language' }).click()
  await page.getByRole('menuitemradio', { name: language }).click()
  await page.getByRole('menu').waitFor({ state: 'detached' })
  const cut: string[] = []
  for (const key of ['b', 'v']) {
    await page.keyboard.press(key)
    for (let width = 1280; width >= 760; width -= 20) {
      await page.setViewportSize({ width, height: 700 })
      const bar = await page.locator('.view-bar').boundingBox()
      for (const name of names) {
        const button = await page.getByRole('button', { name, exact: true }).boundingBox()
        if ((button?.x ?? Infinity) + (button?.width ?? 0) > (bar?.x ?? 0) + (bar?.width ?? 0)) cut.push(`${name} at ${width} px with ${key}`)
      }
    }
  }
  expect(cut).toEqual([])
})
