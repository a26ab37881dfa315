import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Presets, SingleBar } from 'cli-progress'
import { Command } from 'commander'
import { EngineError } from '../contract/errors.ts'
import type { PackInfo, PackManifest } from '../contract/packs.ts'
import { personsName } from '../engine/persons-name.ts'
import { dropInt8Of } from '../inference/int8-files.ts'
import { ByteRate } from '../packs/byte-rate.ts'
import { hasAgreed, installableManifest, listPacks } from '../packs/catalogue.ts'
import { installPack } from '../packs/install-pack.ts'
import { installedPacksFolder } from '../packs/pack-folders.ts'
import { readableBytes } from '../packs/readable-bytes.ts'
import { removePack } from '../packs/remove-pack.ts'
import { installedFolder } from '../packs/staging.ts'
import { userDataFolder } from '../packs/user-data-folder.ts'
import { verifyPack } from '../packs/verify-pack.ts'
import { INT8_CACHE } from '../pipeline/arguments.ts'
import { printResult } from './report-text.ts'

interface InstallArguments { readonly from?: string; readonly acceptLicence?: boolean; readonly json?: boolean }
interface Arguments { readonly json?: boolean }

const JSON_OPTION = ['--json', 'print one JSON object'] as const

/** `maskwright models`: packs of checkpoints on this machine. */
export function modelsCommand(): Command {
  const models = new Command('models')
    .description('packs of models: list, install, verify, remove')
    .addHelpText('after', `
A pack is a pair of public checkpoints: a CLIP that says what is where, and a Stable Diffusion that says what belongs together.
They are downloaded from the hub (huggingface.co, or the mirror in HF_ENDPOINT) only by \`install\`, or taken from a folder with --from.
They lie in MASKWRIGHT_PACKS, by default \`packs\` in your data folder. A manifest of your own, NAME.json in there, can be installed too.

Examples:
  maskwright models list
  maskwright models install sd15-clip
  maskwright models install sd15-clip --from /media/usb/hub --accept-licence
  maskwright models verify sd15-clip`)
  models.command('list').description('every pack, what it gives, its licence, and what is here of it').option(...JSON_OPTION)
    .action(async ({ json }: Arguments) => {
      const packs = await listPacks()
      printResult(json, { folder: installedPacksFolder(), packs }, packs.map(packText).join('\n'))
    })
  models.command('install').description('get a pack: again after a break or a kill, and it goes on from there').argument('<name>', 'see list')
    .option('--from <dir>', 'take the checkpoints from this folder: as a pack, as the hub’s cache or with clones of the repositories; no network')
    .option('--accept-licence', 'you have read the pack’s licences and agree to them')
    .option(...JSON_OPTION)
    .action(install)
  models.command('verify').description('read a pack whole: hashes, networks, weights').argument('<name>', 'see list').option(...JSON_OPTION)
    .action(async (name: string, { json }: Arguments) => {
      const bar = bytesBar('verifying')
      const report = await verifyPack(name, { onBytes: bar.show }).finally(bar.end)
      if (report.problems.length > 0 && json !== true) throw new EngineError('bad-file', `${name}: ${report.problems.join('; ')}. Remove it and install it again`)
      printResult(json, { name, ...report }, `${name}: ${report.files} files, ${readableBytes(report.bytes)}, all as installed`)
      if (report.problems.length > 0) process.exitCode = 1
    })
  models.command('remove').description('delete an installed pack, or what a broken off installation left').argument('<name>', 'see list').option(...JSON_OPTION)
    .action(async (name: string, { json }: Arguments) => {
      await removePack(name)
      await dropInt8Of(join(userDataFolder(), ...INT8_CACHE), name)
      printResult(json, { name, removed: true }, `${name} removed`)
    })
  for (const command of models.commands) command.exitOverride()
  return models
}

function packText({ name, title, summary, licences, state, bytes, partialBytes, problem }: PackInfo): string {
  const size = bytes === null ? '' : `, ${readableBytes(bytes)}`
  const here = state === 'partial' ? `partial, ${readableBytes(partialBytes)} of it here` : state
  const licence = licences.map((one) => `${one.name}${one.commercial ? '' : ' (NOT for commercial work)'}`).join(' · ')
  return problem === null ? `${name.padEnd(16)} ${here}${size}\n  ${title}: ${summary}\n  ${licence}` : `${name.padEnd(16)} ${state}: ${problem}`
}

async function install(name: string, { from, acceptLicence, json }: InstallArguments): Promise<void> {
  const manifest = await installableManifest(name)
  const agreedBy = acceptLicence === true || (!(await hasAgreed(manifest)) && await asks(manifest)) ? personsName() : null
  const stop = new AbortController()
  const interrupt = (): void => stop.abort(new EngineError('cancelled', `interrupted; \`maskwright models install ${name}\` goes on from here`))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt)
  let bar: BytesBar | undefined
  let step = ''
  try {
    const receipt = await installPack(manifest, {
      from: from === undefined ? null : resolve(from), agreedBy, signal: stop.signal,
      onStep(now) {
        if (now.step !== step) {
          bar?.end()
          bar = bytesBar(now.step)
          step = now.step
        }
        if (now.total !== null) bar?.show(now.done, now.total)
      },
    })
    bar?.end()
    const bytes = receipt.files.reduce((sum, file) => sum + file.bytes, 0)
    printResult(json, { name, folder: installedFolder(name), ...receipt }, `${name} is installed: ${receipt.files.length} files, ${readableBytes(bytes)}, in ${installedFolder(name)}`)
  } finally {
    bar?.end()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt)
  }
}

/** Shows the licences and, at a terminal, asks; elsewhere the installation then fails with what to do. */
async function asks(manifest: PackManifest): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false
  for (const { name, text, commercial } of manifest.licences) process.stderr.write(`${name}${commercial ? '' : ' (NOT for commercial work)'}\n${text}\n\n`)
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await lines.question(`Do you agree to ${manifest.licences.length === 1 ? 'this licence' : 'these licences'}? Type yes: `)
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}

interface BytesBar {
  readonly show: (done: number, total: number) => void
  readonly end: () => void
}

/** A bar of bytes with rate and time left on standard error when that is a terminal. */
function bytesBar(what: string): BytesBar {
  if (!process.stderr.isTTY) return { show: () => undefined, end: () => undefined }
  const bar = new SingleBar({ stream: process.stderr, format: `${what} {bar} {percentage} % · {size}{rate}`, hideCursor: true, clearOnComplete: true }, Presets.shades_classic)
  const rate = new ByteRate()
  let started = false
  return {
    show(done, total) {
      rate.add(done, performance.now())
      const perSecond = rate.perSecond()
      const texts = {
        size: `${readableBytes(done)} of ${readableBytes(total)}`,
        rate: perSecond === null || perSecond <= 0 ? '' : ` · ${readableBytes(Math.round(perSecond))}/s · ${Math.ceil((total - done) / perSecond)} s left`,
      }
      if (!started) bar.start(total, done, texts)
      started = true
      bar.update(done, texts)
    },
    end: () => { if (started) bar.stop() },
  }
}
