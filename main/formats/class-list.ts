import type { LabelClass } from '../contract/records.ts'
import type { ClassEntry } from '../contract/class-list.ts'

const COLOUR = /^#[0-9a-f]{6}$/
/** what a record allows (records.ts) */
const NAME_MOST = 200
const SYNONYMS_MOST = 50

/**
 * The classes of a list file: one name a line, a JSON list of names or of objects with a name (CVAT's labels are such),
 * or an object that holds one of those as `classes`, `labels`, `names` or `categories` (COCO). A name that comes twice is taken once.
 * @throws Error in words for a person when it is none of these
 */
export function parseClassList(text: string): ClassEntry[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  const list = /^[[{]/.test(trimmed) ? listOf(JSON.parse(trimmed)) : trimmed.split(/\r?\n/)
  const found = new Map<string, ClassEntry>()
  for (const value of list) {
    const entry = entryOf(value)
    if (entry !== null && !found.has(entry.name)) found.set(entry.name, entry)
  }
  if (found.size === 0) throw new Error('it names no class: one name a line is wanted, or a JSON list of names or of objects with a name')
  return [...found.values()]
}

/** A class list as JSON that `parseClassList` reads. */
export function writeClassList(classes: readonly LabelClass[]): string {
  return `${JSON.stringify({ classes: classes.map(({ name, synonyms, colour, extent }) => ({ name, synonyms, colour, extent })) }, null, 1)}\n`
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[]
  const object = value as Record<string, unknown>
  for (const key of ['classes', 'labels', 'names', 'categories']) {
    const inner = object[key]
    if (Array.isArray(inner)) return inner as unknown[]
    // YOLO's names: id → name
    if (typeof inner === 'object' && inner !== null) return Object.values(inner)
  }
  return []
}

function entryOf(value: unknown): ClassEntry | null {
  const object = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : { name: value }
  const { name: given, synonyms, colour, color, extent, isthing } = object
  const name = typeof given === 'string' ? given.trim() : ''
  if (name === '' || name.length > NAME_MOST) return null
  const hue = [colour, color].map((one) => (typeof one === 'string' ? one.toLowerCase() : '')).find((one) => COLOUR.test(one))
  const further = Array.isArray(synonyms) ? (synonyms as unknown[]).flatMap((one) => (typeof one === 'string' && one.trim() !== '' ? [one.trim().slice(0, NAME_MOST)] : [])).slice(0, SYNONYMS_MOST) : []
  return { name, synonyms: further, colour: hue ?? null, extent: extent === 'stuff' || isthing === 0 ? 'stuff' : 'thing' }
}
