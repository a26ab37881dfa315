import { join } from 'node:path'
import { Argument, Command, Option } from 'commander'
import { EngineError } from '../contract/errors.ts'
import { PersonName } from '../contract/records.ts'
import { Role } from '../contract/role.ts'
import { openUsers, type Users } from '../host/users.ts'
import { userDataFolder } from '../packs/user-data-folder.ts'
import { printResult } from './report-text.ts'

/** The people that `serve --team` lets in. */
export const openTeam = (): Users => openUsers(join(userDataFolder(), 'users.json'))

/** `maskwright users`: who may use the page of `serve --team`, and as what. */
export function usersCommand(): Command {
  const command = new Command('users').description('the people of a team: who may open the page of serve --team, and as what')
  const name = (): Argument => new Argument('<name>', 'as their work is signed')
  command.addCommand(new Command('add')
    .description('let somebody in; their token is printed once and kept nowhere')
    .addArgument(name())
    .addOption(new Option('--role <role>', 'annotator: annotations, comments, states; reviewer: also reviews and the class list; owner: everything').choices(Role.options).default('annotator'))
    .option('--json', 'print one JSON object instead of text')
    .action((given: string, { role, json }: { role: Role; json?: boolean }) => {
      const parsed = PersonName.safeParse(given)
      if (!parsed.success) throw new EngineError('bad-input', `${JSON.stringify(given)} is no name: 1 to 200 characters are`)
      const token = openTeam().add(parsed.data, role)
      printResult(json, { name: parsed.data, role, token }, `${parsed.data} is ${role}. Their token, shown this once:\n${token}\nThey open the address that \`maskwright serve --team\` prints, with ?token=TOKEN behind it.`)
    }))
  command.addCommand(new Command('list')
    .description('who is let in')
    .option('--json', 'print one JSON object instead of text')
    .action(({ json }: { json?: boolean }) => {
      const users = openTeam().list()
      printResult(json, { users }, users.length === 0 ? 'nobody yet' : users.map((user) => `${user.role.padEnd(10)} ${user.name}`).join('\n'))
    }))
  command.addCommand(new Command('remove')
    .description('let somebody in no more; open pages of theirs end with the next thing they ask or would be told')
    .addArgument(name())
    .action((given: string) => {
      openTeam().remove(given)
      printResult(false, {}, `${given} is let in no more`)
    }))
  return command.addHelpText('after', `
Examples:
  maskwright users add Ada --role owner
  maskwright users remove Ada`)
}
