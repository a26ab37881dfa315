import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { onTestFinished } from 'vitest'

/** A new empty folder, deleted when the test ends. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'maskwright-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** width × height px: left half one colour, right half another, so that orientation shows. */
export function twoHalves(width: number, height: number, left: string, right: string): Sharp {
  const half = Math.floor(width / 2)
  return sharp({ create: { width, height, channels: 3, background: left } })
    .composite([{ input: { create: { width: width - half, height, channels: 3, background: right } }, left: half, top: 0 }])
}

/** width × height px of noise, so that the file is as large as a photo's. */
export function noise(width: number, height: number): Sharp {
  return sharp({ create: { width, height, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 40 } } })
}

/** Hash, size and time of every file below a folder: equal before and after means that nothing was written. */
export function stateOf(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => {
    const path = join(entry.parentPath, entry.name)
    const about = statSync(path, { bigint: true })
    return [path, `${createHash('sha256').update(readFileSync(path)).digest('hex')} ${about.size} ${about.mtimeNs}`]
  }))
}
