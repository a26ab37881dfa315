import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { openUsers, type Users } from '../../main/host/users.ts'
import { openProjectFile } from '../../main/project/open-project-file.ts'
import { Annotator } from './annotator.ts'
import { violationsOn } from './axe.ts'
import { drawPictures, PICTURES } from './draw-pictures.ts'
import type { ServedApp } from './served-app.ts'
import { PATIENCE_MS, SHOTS, WINDOW, workplace } from './workplace.ts'

// Three people on one project: whose a picture is, taking it over, the server gone and back, somebody let in no more.
const place = workplace('team')
const [first, second] = PICTURES
let app: ServedApp
let users: Users

const serve = (port = '0'): Promise<ServedApp> => place.serve(['--team', '--port', port, '--project', place.project, '--images', place.photos])
async function opened(name: string, role: 'annotator' | 'owner'): Promise<Annotator> {
  const context = await (await place.browser()).newContext(WINDOW)
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  await page.addInitScript(() => { localStorage.setItem('maskwright.layout', JSON.stringify({ tourSeen: true })) })
  await page.goto(app.url.replace('TOKEN', users.add(name, role)))
  return new Annotator(page)
}
const brush = async (hands: Annotator, y: number): Promise<void> => {
  await hands.page.keyboard.press('b')
  for (const [x, move] of [[40, false], [90, true]] as const) {
    const place = await hands.at(first, x, y)
    await hands.page.mouse.move(place.x, place.y, { steps: 6 })
    if (!move) await hands.page.mouse.down()
  }
  await hands.page.mouse.up()
}
const held = (page: Page, name: string) => page.getByText(`${name} is editing this picture; you can look.`)
const goTo = (page: Page, name: string) => page.getByRole('button', { name }).click()

beforeAll(async () => {
  await drawPictures(place.photos)
  users = openUsers(join(place.home, 'data', 'users.json'))
  users.add('Nobody yet', 'owner')
  app = await serve()
})
test('several people never edit one picture, nothing unsaved is lost when the server ends, and who is removed is told', async () => {
  const ada = await opened('Ada', 'annotator')
  await ada.onPicture(first.name)
  const ben = await opened('Ben', 'annotator')
  // each page says whose it is; Ada has the first
  await ben.page.getByRole('contentinfo').getByText('Ben, annotator').waitFor()
  await ben.onPicture(second.name)
  await goTo(ben.page, first.name)
  await ben.onPicture(first.name)
  await held(ben.page, 'Ada').waitFor()
  await brush(ben, 60)
  const refusedStroke = ben.page.getByRole('region', { name: 'Notices' }).getByRole('status').filter({ hasText: 'Ada is editing this image.' })
  await refusedStroke.waitFor()
  await brush(ada, 60)
  await ada.saved()
  await expect.poll(() => ben.rows()).toHaveLength(1)
  await ben.page.screenshot({ path: join(SHOTS, 'team-held.png') })
  expect(await violationsOn(ben.page, 'html')).toEqual([])

  const olga = await opened('Olga', 'owner')
  await olga.page.getByRole('list', { name: 'Others who are here' }).getByRole('button', { name: 'Ada: go to their picture' }).click()
  await olga.onPicture(first.name)
  await olga.page.getByRole('button', { name: 'Take over' }).click()
  await held(ada.page, 'Olga').waitFor()
  await olga.page.context().close()
  // whoever asks first has it now; what was said of Ada's turn is over
  await refusedStroke.waitFor({ state: 'detached' })
  await goTo(ben.page, second.name)
  await ben.onPicture(second.name)
  await goTo(ada.page, second.name)
  await held(ada.page, 'Ben').waitFor()
  await goTo(ada.page, first.name)
  await ada.onPicture(first.name)
  await held(ada.page, 'Olga').waitFor({ state: 'detached' })

  const { port } = new URL(app.url)
  app.process.kill('SIGKILL')
  await ada.page.getByText('The engine can’t be reached.').waitFor()
  await brush(ada, 120)
  app = await serve(port)
  await ada.saved()
  await ada.page.getByText('The engine can’t be reached.').waitFor({ state: 'detached' })

  users.remove('Ben')
  await brush(ada, 180)
  await ada.saved()
  await ben.page.getByRole('alert').filter({ hasText: 'This page is not let in any more.' }).waitFor()
  await ben.page.screenshot({ path: join(SHOTS, 'team-let-in-no-more.png') })

  await app.stop()
  const file = openProjectFile(place.project)
  const strokes = [...file.audit.lines()].filter(({ what }) => what === 'brush')
  file.close()
  expect(strokes.map(({ who }) => who)).toEqual(['Ada', 'Ada', 'Ada'])
}, 240_000)
