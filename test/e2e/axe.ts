import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface AxeResult { readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[] }

/** Accessibility violations of what is on screen, or of a part of it (React Aria puts a pop-over beside the landmarks), by axe. */
export async function violationsOn(page: Page, part = 'html'): Promise<string[]> {
  // once a page, and through the debugger: the page's own policy refuses scripts from elsewhere
  if (await page.evaluate(() => !('axe' in globalThis))) await page.evaluate(AXE)
  const result = await page.evaluate(async (selector) => (globalThis as unknown as { axe: { run(context: string): Promise<unknown> } }).axe.run(selector), part) as AxeResult
  return result.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}
