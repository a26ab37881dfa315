import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FakeHub } from '../unit/packs/fake-hub.ts'
import { tinyManifest, writeManifest, writeTinyRepositories } from '../unit/packs/tiny-packs.ts'
import { violationsOn } from './axe.ts'
import { SHOTS, workplace } from './workplace.ts'

const place = workplace('models')
const hub = new FakeHub(join(place.home, 'hub'))
let page: Page

beforeAll(async () => {
  writeTinyRepositories(join(place.home, 'hub'))
  writeTinyRepositories(join(place.home, 'own'))
  mkdirSync(place.photos)
  writeManifest(join(place.home, 'packs'), tinyManifest())
  ;({ page } = await place.open([], { locale: 'en-GB' }, { MASKWRIGHT_PACKS: join(place.home, 'packs'), HF_ENDPOINT: await hub.start() }))
})
afterAll(async () => {
  await hub.stop()
})

const violations = (): Promise<string[]> => violationsOn(page)
const tiny = () => page.getByRole('listitem', { name: 'Tiny' })
const shot = (name: string) => page.screenshot({ path: join(SHOTS, `models-${name}.png`) })

test('the menu opens the models, each with its licence and what it gives', async () => {
  await page.getByRole('button', { name: 'Project' }).first().click()
  await page.getByRole('menuitem', { name: 'Models…' }).click()
  const report = page.getByRole('listitem', { name: /MetaCLIP/ }).first()
  await report.getByText('not for commercial work').waitFor()
  expect(await page.getByRole('dialog').getByText('2.73 GB').count()).toBeGreaterThan(0)
})

test.each([['dark', 1280, 800], ['light', 1280, 800], ['dark', 2560, 1440], ['light', 2560, 1440]] as const)('%s at %i×%i: a picture is taken, and axe finds no violation', async (colorScheme, width, height) => {
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme })
  await page.waitForTimeout(300)
  await shot(`${colorScheme}-${width}`)
  expect(await violations()).toEqual([])
})

test('a folder is chosen right after the licence was agreed to; one without the models is refused with what was looked for', async () => {
  const published = page.getByRole('listitem', { name: 'CLIP B/16 + Stable Diffusion 1.5', exact: true })
  const browse = page.getByRole('dialog', { name: 'Which folder has the models?' })
  const agree = async () => {
    await published.getByRole('button', { name: 'From a folder…' }).click()
    await page.getByText('I have read this and agree').click()
    await page.getByRole('button', { name: 'Install' }).click()
  }
  await agree()
  await browse.getByRole('button', { name: 'Cancel' }).click()
  await agree()
  await browse.getByRole('row').first().dblclick()
  await browse.getByRole('row', { name: 'photos' }).click()
  await browse.getByRole('button', { name: 'Choose photos' }).click()
  await published.getByRole('alert').getByText(/photos: nothing of sd15-clip's diffusion in it; looked for/).waitFor()
})

test('by keyboard: the licence is read and agreed to once, then it downloads, pauses, goes on, and is there', async () => {
  await page.setViewportSize({ width: 1280, height: 800 })
  hub.misbehaviour.throttle = { bytes: 4_000, everyMs: 300 }
  await tiny().getByRole('button', { name: 'Install' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Anything goes.').waitFor()
  const install = page.getByRole('button', { name: 'Install' })
  expect(await install.isDisabled()).toBe(true)
  await page.getByRole('checkbox', { name: 'I have read this and agree' }).focus()
  await page.keyboard.press('Space')
  await shot('licence')
  expect(await violations()).toEqual([])
  await install.focus()
  await page.keyboard.press('Enter')
  await tiny().getByText(/kB of \d+ kB/).waitFor()
  await tiny().getByText(/\/s$/).waitFor()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await tiny().scrollIntoViewIfNeeded()
    await shot(`downloading-${colorScheme}`)
    expect(await violations()).toEqual([])
  }
  await tiny().getByRole('button', { name: 'Pause' }).click()
  await tiny().getByText('Paused').waitFor()
  await shot('paused')
  delete hub.misbehaviour.throttle
  await tiny().getByRole('button', { name: 'Go on' }).click()
  await tiny().getByText('Installed').waitFor({ timeout: 60_000 })
}, 120_000)

test('it is verified, removed after a question, and taken from a folder without asking for the licence again', async () => {
  await tiny().getByRole('button', { name: 'Verify' }).click()
  await tiny().getByText(/12 files, \d+ kB: all as they were installed/).waitFor()
  await shot('verified')
  await tiny().getByRole('button', { name: 'Remove' }).click()
  await tiny().getByText('Delete it from this machine?').waitFor()
  await shot('remove')
  await tiny().getByRole('button', { name: 'Remove' }).click()
  await tiny().getByText('Not installed').waitFor()
  await hub.stop()
  await tiny().getByRole('button', { name: 'Install' }).click()
  await tiny().getByText(/can’t be reached/).waitFor()
  await shot('failed')
  expect(await violations()).toEqual([])
  await tiny().getByRole('button', { name: 'From a folder…' }).click()
  const browse = page.getByRole('dialog', { name: 'Which folder has the models?' })
  await browse.getByRole('row').first().dblclick()
  await browse.getByRole('row', { name: 'own' }).click()
  await browse.getByRole('button', { name: 'Choose own' }).click()
  await tiny().getByText('Installed').waitFor({ timeout: 60_000 })
}, 120_000)

test('it is timed on each device that works, and says why not on the others; a measurement is cancelled', async () => {
  await tiny().getByRole('button', { name: 'Measure speed' }).focus()
  await page.keyboard.press('Enter')
  await tiny().getByText('Time for one picture').waitFor({ timeout: 60_000 })
  const row = tiny().getByRole('row', { name: /^the processor/ })
  expect(await row.textContent()).toMatch(/the processor[\d.]+ sec \(first [\d.]+ sec\)[\d.]+ sec \(first [\d.]+ sec\)/)
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    await tiny().scrollIntoViewIfNeeded()
    await shot(`timed-${colorScheme}`)
    expect(await violations()).toEqual([])
  }
  await tiny().getByRole('button', { name: 'Measure speed' }).click()
  await tiny().getByRole('status').getByText('Measuring speed').waitFor()
  await tiny().getByRole('button', { name: 'Cancel' }).click()
  await tiny().getByRole('button', { name: 'Measure speed' }).waitFor()
  expect(await tiny().getByText('Time for one picture').count()).toBe(0)
}, 120_000)
