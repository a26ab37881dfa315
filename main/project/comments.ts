import type Database from 'better-sqlite3'
import type { Comment } from '../contract/records.ts'
import type { ProjectFile } from './project-file.ts'
import type { RecordTable } from './record-table.ts'

interface CommentColumns {
  readonly id: number
  readonly version: number
  readonly image_id: number
  readonly text: string
  readonly author: string
  readonly at: number
  readonly resolved: number
}

export interface CommentsTable extends RecordTable<Comment> {
  readonly ofImage: ProjectFile['comments']['ofImage']
}

/** What people wrote about images. */
export function commentsTable(db: Database.Database): CommentsTable {
  const one = db.prepare<[number], CommentColumns>('SELECT * FROM comments WHERE id = ?')
  const ofImage = db.prepare<[number], CommentColumns>('SELECT * FROM comments WHERE image_id = ? ORDER BY at, id')
  const insert = db.prepare<[CommentColumns]>('INSERT INTO comments VALUES (@id, @version, @image_id, @text, @author, @at, @resolved)')
  const update = db.prepare<[CommentColumns]>('UPDATE comments SET version = @version, text = @text, author = @author, at = @at, resolved = @resolved WHERE id = @id')
  const remove = db.prepare<[number]>('DELETE FROM comments WHERE id = ?')
  return {
    get(id) {
      const row = one.get(id)
      return row === undefined ? undefined : commentOf(row)
    },
    insert: (record) => { insert.run(columnsOf(record)) },
    update: (record) => { update.run(columnsOf(record)) },
    remove: (id) => { remove.run(id) },
    ofImage: (imageId) => ofImage.all(imageId).map(commentOf),
  }
}

const commentOf = ({ image_id: imageId, resolved, ...row }: CommentColumns): Comment => ({ kind: 'comment', ...row, imageId, resolved: resolved === 1 })

const columnsOf = ({ id, version, imageId, text, author, at, resolved }: Comment): CommentColumns => ({ id, version, image_id: imageId, text, author, at, resolved: resolved ? 1 : 0 })
