import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { EngineError } from '../contract/errors.ts'
import { forkNode } from '../engine/fork-node.ts'
import { openStartProject } from '../engine/start-project.ts'
import { userDataFolder } from '../packs/user-data-folder.ts'
import { packOption } from './pack-argument.ts'
import { openQueue, type QueueArguments, readTls, withQueueOptions } from './queue-options.ts'
import { openTeam } from './users-command.ts'
import { PAGE_FOLDER, PIPELINE_ENTRY } from './places.ts'

interface Arguments extends QueueArguments { readonly team?: boolean; readonly plainHttp?: boolean; readonly name: readonly string[]; readonly port: number; readonly host?: string; readonly open: boolean; readonly project?: string; readonly images?: string; readonly labels?: string; readonly prelabel?: string; readonly root: readonly string[] }

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError('a port is a number from 0 to 65535.')
  return port
}

/** `maskwright serve`: the page on this machine's loopback address, until Ctrl+C. */
export function serveCommand(): Command {
  return withQueueOptions(new Command('serve')
    .description('serve the page on 127.0.0.1; the address, with its token, is the last line printed')
    .option('--port <n>', '0: any free one', parsePort, 0)
    .option('--host <address>', 'an address of this machine other than 127.0.0.1')
    .option('--no-open', 'do not open a browser')
    .option('--project <file>', 'project to open, made when missing')
    .option('--images <dir>', 'folder of pictures to add to it')
    .option('--labels <path>', 'data set that a new project begins with: its classes and labels')
    .addOption(packOption('pack that pre-labels a new project at once', '--prelabel <pack>'))
    .option('--root <dir>', 'folder that may be browsed from the page; may be repeated (default: your home folder and this one; those of --project and --images always)', (value: string, before: string[]) => [...before, value], [])
    .option('--team', 'let the people of `maskwright users` in, each with their own token and role')
    .option('--tls-cert <file>', 'certificate, PEM: the page comes over HTTPS')
    .option('--tls-key <file>', 'its private key, PEM')
    .option('--name <host>', 'a host name that the page is opened under; may be repeated', (value: string, before: string[]) => [...before, value], [])
    .option('--plain-http', 'another address than 127.0.0.1 without TLS: tokens and pictures can be read on the way'))
    .addHelpText('after', `
Examples:
  maskwright serve --project cats.maskwright --images photos
  maskwright serve --no-open --port 8080
  maskwright serve --project cats.maskwright --team --host 10.0.0.5 --port 8443 --tls-cert cert.pem --tls-key key.pem`)
    .action(async (given: Arguments) => run(given))
}

async function run(given: Arguments): Promise<void> {
  const { port, host, open, project, images, labels, prelabel, root } = given
  const team = given.team === true ? openTeam() : undefined
  const tls = readTls(given)
  const loopback = host === undefined || ['127.0.0.1', 'localhost', '::1'].includes(host)
  if (!loopback && team === undefined) throw new EngineError('bad-input', `--host ${host} lets others in: say who with --team (maskwright users add NAME)`)
  if (!loopback && tls === undefined && given.plainHttp !== true) throw new EngineError('bad-input', `--host ${host} needs --tls-cert and --tls-key, or --plain-http where everybody on the network may read tokens and pictures`)
  if (team !== undefined && team.list().length === 0) throw new EngineError('bad-input', '--team: there is nobody in it yet; maskwright users add NAME --role owner')
  if (given.servePictures !== undefined && given.queue === undefined) throw new EngineError('bad-input', '--serve-pictures is for workers; it needs --queue')
  if (images !== undefined && project === undefined) throw new EngineError('bad-input', '--images needs --project: which project shall the folder join?')
  if (images !== undefined && !existsSync(images)) throw new EngineError('not-found', `--images ${images}: there is no such folder`)
  if (!existsSync(join(PAGE_FOLDER, 'index.html'))) throw new EngineError('unavailable', `the page is not built (${PAGE_FOLDER}); run \`npm run build\`, or \`npm start\`, which does it`)
  const missing = root.find((folder) => !existsSync(folder))
  if (missing !== undefined) throw new EngineError('not-found', `--root ${missing}: there is no such folder`)
  const roots = root.length > 0 ? root : [homedir(), process.cwd()]

  let asked = (): void => undefined
  const told = new Promise<void>((done) => { asked = done })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, asked)

  const [{ createEngine }, { serve }] = await Promise.all([import('../engine/create-engine.ts'), import('../host/serve.ts')])
  const queue = given.queue === undefined ? undefined : await openQueue({ ...given, queue: given.queue })
  const engine = await createEngine({ ...(queue === undefined ? {} : { crew: queue.crew }), shell: 'serve', fork: forkNode, pipelineEntry: PIPELINE_ENTRY, dataFolder: userDataFolder(), roots: [...new Set([...roots, ...(images === undefined ? [] : [images]), ...(project === undefined ? [] : [dirname(resolve(project))])].map((folder) => resolve(folder)))] })
  try {
    await openStartProject(engine, { project: project === undefined ? undefined : resolve(project), images: images === undefined ? undefined : resolve(images), labels: labels === undefined ? undefined : resolve(labels), prelabel })
    const served = await serve(engine, {
      port, pageFolder: PAGE_FOLDER, names: given.name, ...(host === undefined ? {} : { host }), ...(tls === undefined ? {} : { tls }),
      ...(team === undefined ? {} : { who: team.who, log: (message: string) => { process.stderr.write(`refused: ${message}\n`) } }),
    })
    try {
      process.stdout.write(team === undefined ? `Maskwright is at\n${served.url}\n` : `Maskwright is for the team, each with their own token, at\n${served.url}?token=TOKEN\n`)
      // no browser here is no failure: the address is printed
      if (open && team === undefined) await openBrowser(served.url).catch(() => undefined)
      await told
    } finally {
      await served.close()
    }
  } finally {
    await engine.close()
    await queue?.close()
  }
}

async function openBrowser(url: string): Promise<void> {
  const { default: launch } = await import('open')
  const child = await launch(url)
  child.on('error', () => undefined)
}
