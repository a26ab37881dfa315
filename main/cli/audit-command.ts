import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { EngineError } from '../contract/errors.ts'
import type { AuditLine } from '../project/audit.ts'
import type { ProjectFile } from '../project/project-file.ts'

/** `maskwright audit`: who changed what in a project, and when. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('who changed what in a project, and when: a line for each change; also while it is open elsewhere')
    .requiredOption('--project <file>', 'project')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', `
Example:
  maskwright audit --project cats.maskwright --json > audit.jsonl`)
    .action(async (given: { project: string; json?: boolean }) => {
      if (!existsSync(given.project)) throw new EngineError('not-found', `--project ${given.project}: there is no such file`)
      for (const line of await auditLines(given.project)) process.stdout.write(`${given.json === true ? JSON.stringify({ ...line, at: new Date(line.at).toISOString() }) : textOf(line)}\n`)
    })
}

/** What a team works on just now is read beside them. */
async function auditLines(path: string): Promise<Iterable<AuditLine>> {
  const { openProjectFile } = await import('../project/open-project-file.ts')
  try {
    return linesThenClosed(openProjectFile(path))
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'in-use') throw error
    const { auditLinesInUse } = await import('../project/audit.ts')
    return auditLinesInUse(path)
  }
}

function* linesThenClosed(file: ProjectFile): Generator<AuditLine> {
  try {
    yield* file.audit.lines()
  } finally {
    file.close()
  }
}

const textOf = ({ at, who, what, imageId, added, updated, removed }: AuditLine): string =>
  [new Date(at).toISOString(), JSON.stringify(who), what, imageId === null ? '' : `image ${imageId}`, ...(added + updated + removed === 0 ? [] : [`+${added} ~${updated} -${removed}`])].filter((part) => part !== '').join('  ')
