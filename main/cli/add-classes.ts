import type { Client } from '../contract/client.ts'
import { EngineError } from '../contract/errors.ts'
import { markOf } from '../contract/images.ts'
import type { LabelClass } from '../contract/records.ts'
import { classColour } from '../engine/class-colours.ts'

const PAGE = 500

/** Adds the names that the project does not have, at the end of its class list. */
export async function addClasses(client: Client, names: readonly string[]): Promise<void> {
  const { classes } = await client.call('classes.list', {})
  const missing = names.filter((name) => !classes.some((label) => label.name === name))
  if (missing.length === 0) return
  const { from } = await client.call('ids.reserve', { count: missing.length })
  const first = classes.reduce((highest, label) => Math.max(highest, label.order + 1), 0)
  const added = missing.map((name, i): LabelClass =>
    ({ kind: 'class', id: from + i, version: 0, name, synonyms: [], colour: classColour(first + i), order: first + i, extent: 'thing', importedId: null, carried: null }))
  await client.call('diff.apply', { diff: { added, updated: [], removed: [] }, imageId: null, label: 'classes' })
}

/**
 * Ticks classes in images.
 * @param ticks path relative to the folder → class names
 * @throws EngineError 'bad-input' for a class or an image that is not there
 */
export async function applyTicks(client: Client, ticks: ReadonlyMap<string, readonly string[]>): Promise<void> {
  const { classes } = await client.call('classes.list', {})
  const idOf = new Map(classes.map((label) => [label.name, label.id]))
  const left = new Set(ticks.keys())
  for (let offset = 0; ; offset += PAGE) {
    const { rows, total } = await client.call('images.page', { offset, limit: PAGE })
    for (const row of rows) {
      const names = ticks.get(row.path)
      if (names === undefined) continue
      left.delete(row.path)
      const ticked = names.map((name) => {
        const id = idOf.get(name)
        if (id === undefined) throw new EngineError('bad-input', `--ticks: ${row.path}: "${name}" is none of the classes`)
        return id
      })
      const from = markOf(row)
      await client.call('diff.apply', { diff: { added: [], updated: [[from, { ...from, version: from.version + 1, ticked }]], removed: [] }, imageId: row.id, label: 'ticks' })
    }
    if (offset + PAGE >= total) break
  }
  const [missing] = left
  if (missing !== undefined) throw new EngineError('bad-input', `--ticks: there is no image "${missing}" in the folder${left.size > 1 ? ` (and ${left.size - 1} more)` : ''}`)
}
