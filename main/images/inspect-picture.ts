import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Metadata } from 'sharp'
import type { ScannedPicture } from '../contract/images.ts'
import { PIXEL_LIMIT, headerSource, pictureSource, reasonOf } from './picture-source.ts'

const BLOCK = 64 * 1024
/** JPEG's own limit, and what we encode mips with */
const LONGEST_SIDE = 65_535
/** TIFF has no end mark; smaller ones are decoded once to see whether they are whole, larger ones when first shown */
const TIFF_DECODED_BELOW = 32 * 1024 * 1024

/** First bytes (latin1) of the formats we read */
const BEGINNINGS: readonly (readonly [RegExp, string])[] = [
  [/^\xff\xd8\xff/, 'JPEG'], [/^\x89PNG/, 'PNG'], [/^GIF8/, 'GIF'], [/^RIFF....WEBP/s, 'WebP'], [/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/, 'TIFF'], [/^....ftyp/s, 'AVIF'],
]

/**
 * Looks at one picture file without changing it: size, fingerprint, upright dimensions, and whether it is whole. Whole
 * is judged by the format's end mark; only a file without one is decoded to be sure. Never throws: what is wrong with
 * the file is in `problem`. Reads at most 128 KiB plus what the header needs.
 */
export async function inspectPicture(folder: string, path: string): Promise<ScannedPicture> {
  let bytes = 0
  let modified = 0
  let fingerprint = ''
  const refused = (problem: string): ScannedPicture => ({ path, width: 0, height: 0, bytes, modified, fingerprint, problem, remark: null })
  if (path.includes('\uFFFD')) return refused('its name is not valid UTF-8; rename it')
  const file = join(folder, path)
  let handle: FileHandle | undefined
  let begin = ''
  try {
    // O_NOFOLLOW: a file that was swapped for a link since it was listed is not read
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    const about = await handle.stat()
    bytes = about.size
    modified = Math.floor(about.mtimeMs)
    if (!about.isFile()) return refused('is not a file')
    if (bytes === 0) return refused('is empty (0 bytes)')
    const head = await readAt(handle, 0, Math.min(BLOCK, bytes))
    const tail = bytes <= BLOCK ? head : await readAt(handle, Math.max(BLOCK, bytes - BLOCK), Math.min(BLOCK, bytes - BLOCK))
    begin = head.subarray(0, 12).toString('latin1')
    fingerprint = `${bytes}-${createHash('sha256').update(head).update(tail === head ? '' : tail).digest('hex').slice(0, 32)}`
    if (begin.startsWith('BM') || extname(path).toLowerCase() === '.bmp') return refused('is a BMP picture, which we can’t read; convert it to PNG')
    const header = await headerSource(bytes <= BLOCK ? head : file).metadata()
    const { width, height } = header.autoOrient
    const pixels = width * height
    if (pixels > PIXEL_LIMIT) return refused(`is ${width} × ${height} px, ${Math.round(pixels / 1e6)} megapixels; more than ${Math.floor(PIXEL_LIMIT / 1e6)} can’t be shown. Make a smaller copy`)
    if (Math.max(width, height) > LONGEST_SIDE) return refused(`is ${width} × ${height} px; sides above ${LONGEST_SIDE} px can’t be shown. Cut it into parts`)
    if (!(await isWhole(handle, header, head, tail, bytes))) await pictureSource(file).resize(32, 32, { fit: 'inside' }).raw().toBuffer()
    return { path, width, height, bytes, modified, fingerprint, problem: null, remark: remarkOn(header, head) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return refused('is a link; links are not followed')
    const reason = reasonOf(error)
    const format = BEGINNINGS.find(([pattern]) => pattern.test(begin))?.[1]
    return refused(format !== undefined && /not a picture|Unknown error|corrupt header/.test(reason) ? `begins like a ${format} file but is damaged or cut off; copy it again from its source` : reason)
  } finally {
    await handle?.close()
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  const { bytesRead } = await handle.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}

/** True when the format's own end mark says that nothing is missing; false: not sure, decode it. */
async function isWhole(handle: FileHandle, about: Metadata, head: Buffer, tail: Buffer, bytes: number): Promise<boolean> {
  let end = tail.length
  while (end > 0 && tail[end - 1] === 0) end--
  switch (about.format) {
    case 'jpeg':
      return end >= 2 && tail[end - 2] === 0xff && tail[end - 1] === 0xd9
    case 'png':
      return end >= 8 && tail.toString('latin1', end - 8, end - 4) === 'IEND'
    case 'gif':
      return end >= 1 && tail[end - 1] === 0x3b
    case 'webp':
      return head.length >= 12 && head.readUInt32LE(4) + 8 <= bytes
    case 'heif':
      return boxesFit(handle, bytes)
    default:
      return bytes > TIFF_DECODED_BELOW
  }
}

/** Whether the top-level boxes of an ISO media file (AVIF) end where the file does. */
async function boxesFit(handle: FileHandle, bytes: number): Promise<boolean> {
  let at = 0
  for (let boxes = 0; at + 8 <= bytes && boxes < 1000; boxes++) {
    const header = await readAt(handle, at, Math.min(16, bytes - at))
    const size = header.readUInt32BE(0)
    if (size === 0) return true
    const length = size === 1 && header.length === 16 ? Number(header.readBigUInt64BE(8)) : size
    if (length < 8) return false
    at += length
  }
  return at === bytes
}

function remarkOn(about: Metadata, head: Buffer): string | null {
  const remarks: string[] = []
  const frames = about.pages ?? 1
  if (about.format === 'tiff' && frames > 1) remarks.push(`${frames} pages: the first is shown`)
  else if (frames > 1) remarks.push(`animated, ${frames} frames: the first is shown`)
  else if (about.format === 'png' && head.includes('acTL')) remarks.push('animated: the first frame is shown')
  if (about.space === 'cmyk') remarks.push('CMYK: shown as sRGB')
  if (about.depth !== undefined && !['uchar', 'char'].includes(about.depth)) remarks.push('more than 8 bits a channel: shown with 8')
  return remarks.length === 0 ? null : remarks.join('; ')
}
