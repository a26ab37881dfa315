import { installableManifest } from '../../../main/packs/catalogue.ts'
import { installPack } from '../../../main/packs/install-pack.ts'

// installs the pack that is named, says each step on standard output, and is killed by the test
await installPack(await installableManifest(process.argv[2]), {
  from: null, agreedBy: 'test', signal: new AbortController().signal,
  onStep: ({ step, done, total }) => process.stdout.write(`${step} ${done} ${total}\n`),
})
process.stdout.write('installed\n')
