#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { appVersion } from '../engine/app-version.ts'
import { agreementCommand } from './agreement-command.ts'
import { auditCommand } from './audit-command.ts'
import { backupCommand } from './backup-command.ts'
import { benchmarkCommand } from './benchmark-command.ts'
import { checkCommand } from './check-command.ts'
import { convertCommand } from './convert-command.ts'
import { demoCommand } from './demo-command.ts'
import { evaluateCommand } from './evaluate/evaluate-command.ts'
import { exportCommand } from './export-command.ts'
import { importCommand } from './import-command.ts'
import { logCommand } from './log-command.ts'
import { modelsCommand } from './models-command.ts'
import { prelabelCommand } from './prelabel-command.ts'
import { relinkCommand } from './relink-command.ts'
import { segmentCommand } from './segment-command.ts'
import { serveCommand } from './serve-command.ts'
import { syncCommand } from './sync-command.ts'
import { ticksCommand } from './ticks-command.ts'
import { usersCommand } from './users-command.ts'
import { workerCommand } from './worker-command.ts'

const COMMANDS = [prelabelCommand, importCommand, exportCommand, ticksCommand, checkCommand, convertCommand, segmentCommand, evaluateCommand, agreementCommand, demoCommand, serveCommand, usersCommand, auditCommand, workerCommand, modelsCommand, benchmarkCommand, syncCommand, relinkCommand, backupCommand, logCommand]

const oneLine = (message: string): string => message.trim().replaceAll(/\s*\n\s*/g, ' ')

/** Runs one command line: results on standard output, one clear line on standard error and a code other than 0 on failure. */
async function main(): Promise<number> {
  const program = new Command('maskwright')
    .description('Pre-labels segmentation datasets, lets a person fix every mask, and exports COCO.')
    .version(appVersion())
  for (const command of COMMANDS) program.addCommand(command())
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    // commander would end the process itself, before standard output is written
    command.exitOverride()
    command.configureOutput({ outputError: (message, write) => { write(`${oneLine(message)} (--help says more)\n`) } })
  }
  try {
    await program.parseAsync()
    // check says with it how it ended
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    process.stderr.write(`maskwright: ${oneLine(error instanceof Error ? error.message : String(error))}\n`)
    if (process.env['MASKWRIGHT_DEBUG'] !== undefined && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`)
    return 1
  }
}

const code = await main()
// what was printed may still be in a pipe's queue; native libraries' threads must not keep the process after it
process.stdout.write('', () => process.exit(code))
