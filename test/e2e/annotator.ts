import type { Locator, Page } from 'playwright-core'
import type { DrawnPicture } from './draw-pictures.ts'

/** What a place on a picture needs to know of it. */
type PictureSize = Pick<DrawnPicture, 'name' | 'width' | 'height'>

/** Space the page leaves around a fitted picture, CSS px. */
const FIT_MARGIN_PX = 12

/** The hands of an annotator on the page: what a person sees and presses, by role and name. */
export class Annotator {
  readonly page: Page
  constructor(page: Page) { this.page = page }

  canvas(name: string): Locator {
    return this.page.getByRole('img', { name: `Picture ${name} with its annotations` })
  }

  /** Adds classes by the field over the list; the focus stays in the field. */
  async addClasses(names: string): Promise<void> {
    await this.page.getByLabel('Add a class').first().fill(names)
    await this.page.keyboard.press('Enter')
  }

  /** Chooses a picture in the list, and fits it. */
  async openPicture(name: string): Promise<void> {
    await this.page.getByRole('button', { name }).click()
    await this.onPicture(name)
  }

  /** Waits until a picture is on screen, and fits it. */
  async onPicture(name: string): Promise<void> {
    await this.canvas(name).waitFor()
    await this.page.keyboard.press('Shift+Digit1')
    await this.page.waitForTimeout(200)
  }

  /** Screen place of an image point while the picture is fitted. */
  async at(picture: PictureSize, x: number, y: number): Promise<{ x: number; y: number }> {
    const box = await this.canvas(picture.name).boundingBox()
    if (box === null) throw new Error(`the canvas of ${picture.name} has no size`)
    const zoom = Math.min((box.width - 2 * FIT_MARGIN_PX) / picture.width, (box.height - 2 * FIT_MARGIN_PX) / picture.height)
    return { x: box.x + box.width / 2 + (x - picture.width / 2) * zoom, y: box.y + box.height / 2 + (y - picture.height / 2) * zoom }
  }

  async click(picture: PictureSize, x: number, y: number): Promise<void> {
    const place = await this.at(picture, x, y)
    await this.page.mouse.click(place.x, place.y)
  }

  /** One stroke through image points with whatever tool is chosen. */
  async stroke(picture: PictureSize, points: readonly (readonly [number, number])[]): Promise<void> {
    for (const [i, [x, y]] of points.entries()) {
      const place = await this.at(picture, x, y)
      await this.page.mouse.move(place.x, place.y, { steps: i === 0 ? 1 : 2 })
      if (i === 0) await this.page.mouse.down()
    }
    await this.page.mouse.up()
    await this.saved()
  }

  async polygon(picture: PictureSize, points: readonly (readonly [number, number])[]): Promise<void> {
    await this.page.keyboard.press('p')
    for (const [x, y] of points) await this.click(picture, x, y)
    await this.page.keyboard.press('Enter')
    await this.saved()
  }

  /** Every edit has been answered by the engine. */
  async saved(): Promise<void> {
    await this.page.getByRole('contentinfo').getByText('Saved', { exact: true }).waitFor()
  }

  annotations(): Locator {
    return this.page.getByRole('region', { name: 'Annotations' })
  }

  /** The annotation list as a screen reader hears it: "Proposed, number 7, …" with the class. */
  async rows(): Promise<string[]> {
    // all at once: a row that goes while others are read would be waited for
    return this.annotations().getByRole('listitem').evaluateAll((items) => items.map((item) => `${item.querySelector('button, [role=button]')?.getAttribute('aria-label') ?? ''} ${(item as HTMLElement).innerText}`))
  }
}
