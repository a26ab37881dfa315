import type Database from 'better-sqlite3'
import type { ImageFilter } from '../contract/images.ts'
import { likeAnywhere, likePrefix } from './like-pattern.ts'

type Value = number | string
interface Condition { readonly where: string; readonly values: readonly Value[] }

/** The ids of the images that a filter lets through, in its order; kept until anything is written, since a list is read page by page. */
export type ImageQuery = (filter: ImageFilter) => readonly number[]

const IN_FOLDERS = 'folder_id, sort_key, id'

/** O(images + annotations) once a filter and state of the project: some tens of ms for 100,000 images with 1,000,000 annotations. */
export function imageQuery(db: Database.Database): ImageQuery {
  const changes = db.prepare<[], number>('SELECT total_changes()').pluck()
  const classes = db.prepare<[], number>('SELECT id FROM classes ORDER BY place, id').pluck()
  const withClass = db.prepare<[number], number>("SELECT DISTINCT image_id FROM annotations WHERE class_id = ? AND state <> 'rejected'").pluck()
  let kept: { readonly key: string; readonly at: number; readonly ids: readonly number[] } | null = null

  const select = (sql: string, values: readonly Value[]): number[] => db.prepare<Value[], number>(sql).pluck().all(...values)

  /** In the order of the class list, by the first class an image has; those without any last. */
  const byClass = (ids: readonly number[]): readonly number[] => {
    const buckets = new Map<number, number>()
    const order = classes.all()
    for (const [rank, classId] of order.entries()) {
      for (const imageId of withClass.all(classId)) if (!buckets.has(imageId)) buckets.set(imageId, rank)
    }
    const groups: number[][] = Array.from({ length: order.length + 1 }, () => [])
    for (const id of ids) groups[buckets.get(id) ?? order.length].push(id)
    return groups.flat()
  }

  return (filter) => {
    const key = JSON.stringify(filter)
    const at = changes.get() ?? 0
    if (kept?.key === key && kept.at === at) return kept.ids
    const { where, values } = imageConditions(filter)
    let ids: readonly number[] = select(`SELECT id FROM images WHERE ${where} ORDER BY ${filter.order === 'uncertainty' ? 'uncertainty DESC, ' : ''}${IN_FOLDERS}`, values)
    const on = annotationConditions(filter)
    if (on !== null) {
      // the index by score is in no order of images: a set here is faster than SQLite's
      const distinct = filter.annotation?.score === undefined || filter.annotation.classId !== undefined ? 'DISTINCT ' : ''
      const having = new Set(select(`SELECT ${distinct}image_id FROM annotations WHERE ${on.where}`, on.values))
      ids = ids.filter((id) => having.has(id))
    }
    if (filter.order === 'class') ids = byClass(ids)
    kept = { key, at, ids }
    return ids
  }
}

/** What a filter asks of the row of an image itself. */
function imageConditions(filter: ImageFilter): Condition {
  const where: string[] = []
  const values: Value[] = []
  const ask = (sql: string, ...given: readonly Value[]) => {
    where.push(sql)
    values.push(...given)
  }
  const oneOf = (column: string, wanted: readonly string[]) => ask(`${column} IN (${wanted.map(() => '?').join(', ')})`, ...wanted)
  const { state, text, withPending, withProblem, folderId, under, review, comments, assignee, reviewer } = filter
  if (state !== undefined) oneOf('state', state)
  if (text !== undefined && text !== '') ask(...likeAnywhere('path', text))
  if (withPending !== undefined) ask(withPending ? 'pending > 0' : 'pending = 0')
  if (withProblem !== undefined) ask(withProblem ? '(problem IS NOT NULL OR missing = 1)' : '(problem IS NULL AND missing = 0)')
  if (folderId !== undefined) ask('folder_id = ?', folderId)
  if (under !== undefined && under !== '') ask(...likePrefix('path', under))
  if (review !== undefined) {
    if (review === 'none') ask('review IS NULL')
    else oneOf('review', [review])
  }
  if (comments !== undefined) ask(comments === 'open' ? 'open_comments > 0 AND comments > 0' : comments === 'any' ? 'comments > 0' : 'comments = 0')
  for (const [column, name] of [['assignee', assignee], ['reviewer', reviewer]] as const) {
    if (name === null) ask(`${column} IS NULL`)
    else if (name !== undefined) ask(`${column} = ?`, name)
  }
  return { where: where.length === 0 ? '1' : where.join(' AND '), values }
}

/** What a filter asks of at least one annotation; all of it has to be true of the same one. Null: nothing. */
function annotationConditions({ annotation }: ImageFilter): Condition | null {
  if (annotation === undefined) return null
  const { classId, states, score, areaPx2 } = annotation
  const where: string[] = []
  const values: Value[] = []
  if (classId !== undefined) {
    where.push(classId === null ? 'class_id IS NULL' : 'class_id = ?')
    if (classId !== null) values.push(classId)
  }
  if (states === undefined) where.push("state <> 'rejected'")
  else {
    where.push(`state IN (${states.map(() => '?').join(', ')})`)
    values.push(...states)
  }
  for (const [column, range] of [['score', score], ['area_px2', areaPx2]] as const) {
    if (range === undefined) continue
    where.push(`${column} BETWEEN ? AND ?`)
    values.push(...range)
  }
  return { where: where.join(' AND '), values }
}
