import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { EngineError } from '../contract/errors.ts'
import { packGives, type PackInfo, type PackManifest } from '../contract/packs.ts'
import { builtInPacksFolder, installedPacksFolder, PACK_NAME } from './pack-folders.ts'
import { readManifestFile, readPackManifest } from './pack-manifest.ts'
import { STAGING_ENDING } from './staging.ts'

/** Licences somebody agreed to, in the folder of installed packs. */
const AGREEMENTS_FILE = 'agreements.json'
const Agreements = z.array(z.strictObject({ pack: z.string(), licences: z.string(), agreedAt: z.string(), by: z.string() }))

/**
 * The manifest of a pack that can be installed: NAME.json among the program's own, or in the folder of installed packs, where
 * a person may put manifests of their own.
 * @throws EngineError 'not-found' naming those there are; 'bad-file'
 */
export async function installableManifest(name: string): Promise<PackManifest> {
  const all = await manifestFiles()
  const path = all.get(name)
  if (path === undefined) throw new EngineError('not-found', `there is no pack ${JSON.stringify(name)} to install; there are ${[...all.keys()].join(', ')}`)
  const manifest = await readManifestFile(path)
  if (manifest.name !== name) throw new EngineError('bad-file', `${path}: its name is ${JSON.stringify(manifest.name)}; it has to be that of the file`)
  return manifest
}

async function manifestFiles(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const folder of [installedPacksFolder(), builtInPacksFolder()]) {
    const names: string[] = await readdir(folder).catch(() => [])
    for (const file of names.sort()) {
      const name = file.slice(0, -'.json'.length)
      if (file.endsWith('.json') && file !== AGREEMENTS_FILE && PACK_NAME.test(name)) found.set(name, join(folder, file))
    }
  }
  return found
}

/** Every pack: those that ship with the program, those installed, those that can be. Never throws for a broken one: it says so in its row. */
export async function listPacks(): Promise<readonly PackInfo[]> {
  const rows = new Map<string, PackInfo>()
  for (const [folder, state] of [[builtInPacksFolder(), 'built-in'], [installedPacksFolder(), 'installed']] as const) {
    for (const name of (await packNames(folder))) {
      if (rows.has(name)) continue
      const path = join(folder, name)
      try {
        rows.set(name, { ...await rowOf(await readPackManifest(path)), state, bytes: await bytesUnder(path) })
      } catch (error) {
        rows.set(name, brokenRow(name, error))
      }
    }
  }
  for (const name of (await manifestFiles()).keys()) {
    if (rows.has(name)) continue
    try {
      const row = await rowOf(await installableManifest(name))
      const staging = join(installedPacksFolder(), name + STAGING_ENDING)
      const begun = await stat(staging).then((about) => about.isDirectory(), () => false)
      rows.set(name, begun ? { ...row, state: 'partial', partialBytes: await bytesUnder(staging) } : row)
    } catch (error) {
      rows.set(name, brokenRow(name, error))
    }
  }
  const names = new Intl.Collator('en')
  return [...rows.values()].sort((a, b) => names.compare(a.name, b.name))
}

async function packNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory() && PACK_NAME.test(entry.name)).map(({ name }) => name).sort()
}

async function rowOf(manifest: PackManifest): Promise<PackInfo> {
  const { name, title, summary, licences, defaultMethod, defaultSettings } = manifest
  return {
    name, title, summary, licences, agreed: await hasAgreed(manifest), ...packGives(manifest), defaultMethod, defaultSettings,
    state: 'available', bytes: knownBytes(manifest), partialBytes: 0, problem: null,
  }
}

const brokenRow = (name: string, error: unknown): PackInfo => ({
  name, title: name, summary: '', licences: [], agreed: false, scores: false, affinity: false, defaultMethod: null, defaultSettings: {}, state: 'broken', bytes: null, partialBytes: 0,
  problem: error instanceof Error ? error.message : String(error),
})

/** Of a pack's weights as far as the manifest knows; null when it doesn't know one of them. */
function knownBytes({ files }: PackManifest): number | null {
  const weights = files.filter(({ path }) => path.endsWith('.safetensors'))
  return weights.some(({ bytes }) => bytes === null) ? null : weights.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
}

/** Bytes of all files under a folder; 0 when there is none. */
export async function bytesUnder(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  const sizes = await Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name)).then(({ size }) => size, () => 0)))
  return sizes.reduce((sum, size) => sum + size, 0)
}

const licencesHash = ({ licences }: PackManifest): string => createHash('sha256').update(JSON.stringify(licences)).digest('hex')

async function readAgreements(): Promise<z.infer<typeof Agreements>> {
  try {
    return Agreements.parse(JSON.parse(await readFile(join(installedPacksFolder(), AGREEMENTS_FILE), 'utf8')))
  } catch {
    return []
  }
}

/** Whether somebody agreed to the licences of a pack on this machine, as they stand now. Those of a pack without files from elsewhere need none. */
export async function hasAgreed(manifest: PackManifest): Promise<boolean> {
  if (manifest.files.every(({ from }) => from === null)) return true
  const hash = licencesHash(manifest)
  return (await readAgreements()).some(({ licences }) => licences === hash)
}

/** @throws EngineError 'not-allowed' naming the licences */
export async function requireAgreement(manifest: PackManifest): Promise<void> {
  if (await hasAgreed(manifest)) return
  throw new EngineError('not-allowed', `${manifest.name} comes under ${manifest.licences.map(({ name }) => name).join(' and ')}: read them (\`maskwright models list --json\` has the texts) and agree to them first (--accept-licence)`)
}

/** Writes down that a person agreed to the licences of a pack: they are not asked again while the texts stay the same. */
export async function recordAgreement(manifest: PackManifest, by: string): Promise<void> {
  if (await hasAgreed(manifest)) return
  const folder = installedPacksFolder()
  await mkdir(folder, { recursive: true })
  const all = [...await readAgreements(), { pack: manifest.name, licences: licencesHash(manifest), agreedAt: new Date().toISOString(), by }]
  const file = join(folder, AGREEMENTS_FILE)
  await writeFile(`${file}.part`, `${JSON.stringify(all, null, 2)}\n`)
  await rename(`${file}.part`, file)
}
