// Runs an engine as a user without rights (root drops to nobody) and prints what it answered. Arguments: folder of the test.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { createEngine } from '../../../main/engine/create-engine.ts'
import { forkNode } from '../../../main/engine/fork-node.ts'
import { createClient } from '../../../main/contract/client.ts'

const folder = process.argv[2]
// the native module loads while we may still read it
new Database(':memory:').close()
if (process.getuid?.() === 0) {
  process.setgroups?.([])
  process.setgid?.(65_534)
  process.setuid?.(65_534)
}
const engine = await createEngine({ shell: 'serve', fork: forkNode, pipelineEntry: '', dataFolder: join(folder, 'data'), roots: [join(folder, 'work')], checkOutputs: true })
const caller = { id: 'child', author: 'nobody' }
const client = createClient({ call: (name, input) => engine.call(name, input, caller), onEvent: (listener) => engine.subscribe(caller, listener), onConnection: () => () => undefined })
const failure = (work: Promise<unknown>) => work.then((value) => ({ value }), (error: { code: string; message: string }) => ({ code: error.code, message: error.message }))

const root = (await client.call('files.browse', {})).entries[0].grant
const grants = Object.fromEntries((await client.call('files.browse', { grant: root })).entries.map((entry) => [entry.name, entry.grant]))
const results = {
  uid: process.getuid?.(),
  createInClosed: await failure(client.call('project.create', { grant: grants['read-only'], name: 'p' })),
  openUnreadable: await failure(client.call('project.open', { grant: grants['unreadable.maskwright'] })),
  create: await failure(client.call('project.create', { grant: grants.open, name: 'p' })),
  addClosed: await failure(client.call('folder.add', { grant: grants.closed })),
  browseClosed: await failure(client.call('files.browse', { grant: grants.closed })),
  addPhotos: await failure(client.call('folder.add', { grant: grants.photos })),
  page: await failure(client.call('images.page', { offset: 0, limit: 10 })),
}
await engine.close()
process.stdout.write(JSON.stringify(results))
