import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const CHUNK_BYTES = 1 << 20
/** One list element or top-level value may not be larger: it has to fit in memory as text. */
const ENTRY_BYTES_MAX = 256 << 20

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** A top-level value of a JSON object, or one element of a top-level list (an empty list comes whole). */
export interface JsonEntry {
  readonly key: string
  /** place in the list; -1: the whole value */
  readonly index: number
  /** JSON text, not yet parsed (so that one bad element does not spoil the file); '' for keys that are skipped */
  readonly text: string
  /** bytes from the start of the file */
  readonly offset: number
}

/** JSON that is not, with its place in bytes. */
export class JsonPlaceError extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(message)
    this.name = 'JsonPlaceError'
    this.offset = offset
  }
}

/**
 * Reads a JSON object of any size piece by piece: elements of the lists named in `lists` one by one, other values whole.
 * It only finds where values end (brackets, strings); JSON.parse, which is native, checks and reads each piece: several
 * times the rate of a parser that makes tokens (104 against 17 MB/s of polygons, @streamparser/json). Memory: one chunk and the largest entry.
 * @param lists keys of lists to take apart; with '' among them the file may be one list itself
 * @param skip keys whose entries come with no text
 * @param onBytes called with the bytes read so far
 * @param chunkBytes first size of the buffer; smaller in tests
 * @throws JsonPlaceError where the text can't be an object of values; errors of the file system as they are
 */
export function* jsonEntries(path: string, lists: ReadonlySet<string>, skip: ReadonlySet<string> = new Set(), onBytes?: (done: number, total: number) => void, chunkBytes = CHUNK_BYTES): Generator<JsonEntry, void, void> {
  const file = openSync(path, 'r')
  try {
    const total = fstatSync(file).size
    let buffer = Buffer.allocUnsafe(chunkBytes)
    let base = 0 // file offset of buffer[0]
    let end = 0
    let at = 0
    let keep = -1 // what has to stay in the buffer, or -1
    let ended = false

    /** Makes buffer[at] readable; false at the end of the file. */
    const more = (): boolean => {
      if (ended) return false
      const from = keep >= 0 ? keep : at
      if (from > 0) {
        buffer.copy(buffer, 0, from, end)
        base += from
        end -= from
        at -= from
        if (keep >= 0) keep = 0
      }
      if (end === buffer.length) {
        if (buffer.length >= ENTRY_BYTES_MAX) throw new JsonPlaceError(`one value is larger than ${ENTRY_BYTES_MAX >> 20} MiB`, base)
        const larger = Buffer.allocUnsafe(buffer.length * 2)
        buffer.copy(larger, 0, 0, end)
        buffer = larger
      }
      const read = readSync(file, buffer, end, buffer.length - end, null)
      if (read === 0) ended = true
      end += read
      onBytes?.(base + end, total)
      return read > 0
    }
    const ready = (): boolean => at < end || more()
    const blank = (): number => {
      while (ready()) {
        if (!isBlank(buffer[at])) return buffer[at]
        at++
      }
      return -1
    }
    const fail = (expected: string): never => {
      const found = at < end ? `'${buffer.toString('utf8', at, Math.min(end, at + 12)).replaceAll(/\s+/g, ' ')}'` : 'the end of the file'
      throw new JsonPlaceError(`${expected} expected, found ${found}`, base + at)
    }
    const passString = (): void => {
      at++
      for (;;) {
        if (!ready()) throw new JsonPlaceError('the file ends inside a text', base + at)
        const byte = buffer[at]
        if (byte === BACKSLASH) {
          at++
          if (!ready()) throw new JsonPlaceError('the file ends inside a text', base + at)
        } else if (byte === QUOTE) break
        at++
      }
      at++
    }
    const passValue = (): void => {
      let depth = 0
      do {
        const byte = blank()
        if (byte === -1) fail('the end of a value')
        if (byte === QUOTE) passString()
        else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
          depth++
          at++
        } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
          if (depth === 0) fail('a value')
          depth--
          at++
        } else if (byte === COMMA || byte === COLON) {
          if (depth === 0) fail('a value')
          at++
        } else {
          // a number or a word: up to the next mark
          while (ready()) {
            const next = buffer[at]
            if (next === COMMA || next === CLOSE_LIST || next === CLOSE_OBJECT || next === COLON || next === QUOTE || isBlank(next)) break
            at++
          }
        }
      } while (depth > 0)
    }
    const take = (key: string, index: number): JsonEntry => {
      keep = at
      if (skip.has(key)) keep = -1
      const offset = base + at
      passValue()
      const text = keep >= 0 ? buffer.toString('utf8', keep, at) : ''
      keep = -1
      return { key, index, text, offset }
    }

    const elements = function* (key: string): Generator<JsonEntry, void, void> {
      const offset = base + at
      at++
      if (blank() === CLOSE_LIST) {
        at++
        yield { key, index: -1, text: '[]', offset }
        return
      }
      for (let index = 0; ; index++) {
        blank()
        yield take(key, index)
        const after = blank()
        at++
        if (after === CLOSE_LIST) return
        if (after !== COMMA) {
          at--
          fail(`',' or ']' after ${key}[${index}]`)
        }
      }
    }

    if (blank() === 0xef) at += 3 // byte order mark
    if (lists.has('') && blank() === OPEN_LIST) {
      yield* elements('')
      if (blank() !== -1) fail('the end of the file')
      return
    }
    if (blank() !== OPEN_OBJECT) fail("'{' (a COCO file is one JSON object)")
    at++
    if (blank() !== CLOSE_OBJECT) {
      for (;;) {
        if (blank() !== QUOTE) fail('a key in quotes')
        keep = at
        passString()
        const key = String(parseOr(buffer.toString('utf8', keep, at), base + keep))
        keep = -1
        if (blank() !== COLON) fail("':'")
        at++
        const first = blank()
        if (first === OPEN_LIST && lists.has(key)) yield* elements(key)
        else yield take(key, -1)
        const after = blank()
        if (after === CLOSE_OBJECT) break
        if (after !== COMMA) fail(`',' or '}' after "${key}"`)
        at++
      }
    }
    at++
    if (blank() !== -1) fail('the end of the file')
  } finally {
    closeSync(file)
  }
}

/** JSON.parse with the place in the file on failure. */
export function parseOr(text: string, offset: number): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const inside = /at position (\d+)/.exec(message)
    throw new JsonPlaceError(message.replace(/ (in JSON )?at position.*/, ''), offset + (inside === null ? 0 : Number(inside[1])))
  }
}

/** 'line 12, column 3' of a byte offset, both from 1. Reads the file up to there. */
export function placeInFile(path: string, offset: number): string {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    let line = 1
    let lineStart = 0
    let base = 0
    while (base < offset) {
      const read = readSync(file, buffer, 0, Math.min(buffer.length, offset - base), null)
      if (read === 0) break
      for (let i = buffer.indexOf(0x0a); i >= 0 && i < read; i = buffer.indexOf(0x0a, i + 1)) {
        line++
        lineStart = base + i + 1
      }
      base += read
    }
    return `line ${line}, column ${offset - lineStart + 1}`
  } finally {
    closeSync(file)
  }
}
