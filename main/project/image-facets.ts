import type Database from 'better-sqlite3'
import type { ImageFacets } from '../contract/images.ts'

/** Entries of one list at most; a menu of more could not be read. */
const MOST = 200

/** What there is to filter by, with how many images each has. O(images). */
export function imageFacets(db: Database.Database): () => ImageFacets {
  const states = db.prepare<[], { state: keyof ImageFacets['states']; images: number }>('SELECT state, count(*) AS images FROM images GROUP BY state')
  const reviews = db.prepare<[], { review: keyof ImageFacets['reviews']; images: number }>('SELECT review, count(*) AS images FROM images WHERE review IS NOT NULL GROUP BY review')
  const comments = db.prepare<[], { images: number; open: number }>('SELECT count(*) AS images, coalesce(sum(open_comments > 0), 0) AS open FROM images WHERE comments > 0')
  const people = (column: 'assignee' | 'reviewer') => db.prepare<[number], { name: string; images: number }>(`SELECT ${column} AS name, count(*) AS images FROM images WHERE ${column} IS NOT NULL GROUP BY ${column} ORDER BY ${column} COLLATE NOCASE LIMIT ?`)
  const assignees = people('assignee')
  const reviewers = people('reviewer')
  const places = db.prepare<[number], { folderId: number; under: string; images: number }>(
    "SELECT folder_id AS folderId, substr(path, 1, instr(path, '/')) AS under, count(*) AS images FROM images GROUP BY folder_id, under ORDER BY folder_id, under LIMIT ?")
  return () => {
    const { images, open } = comments.get() ?? { images: 0, open: 0 }
    return {
      states: { new: 0, working: 0, done: 0, ...Object.fromEntries(states.all().map((row) => [row.state, row.images])) },
      reviews: { approved: 0, needsWork: 0, ...Object.fromEntries(reviews.all().map((row) => [row.review, row.images])) },
      commented: images,
      openlyCommented: open,
      assignees: assignees.all(MOST),
      reviewers: reviewers.all(MOST),
      places: places.all(MOST),
    }
  }
}
