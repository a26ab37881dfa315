import { EngineError } from '../contract/errors.ts'
import { METHOD_SETTINGS, uselessSettings, type MethodName } from '../contract/methods.ts'
import { SETTINGS, type Setting, type SettingName } from '../contract/settings.ts'

/**
 * Settings of `--set name=value`, as many as were given.
 * @throws EngineError 'bad-input' naming the setting and what it takes
 */
export function parseSettings(given: readonly string[]): Record<string, number | string | boolean> {
  return Object.fromEntries(given.map((assignment) => {
    const equals = assignment.indexOf('=')
    const name = equals < 0 ? assignment : assignment.slice(0, equals)
    if (equals < 0) throw new EngineError('bad-input', `--set ${assignment}: write name=value`)
    if (!isSetting(name)) throw new EngineError('bad-input', `--set ${assignment}: there is no setting "${name}"; there are ${Object.keys(SETTINGS).join(', ')}`)
    return [name, valueOf(name, SETTINGS[name], assignment.slice(equals + 1))]
  }))
}

/** @throws EngineError 'bad-input' for a setting that none of the methods obeys, naming those that they do */
export function refuseUseless(given: Readonly<Record<string, unknown>>, methods: readonly MethodName[]): void {
  const [useless] = methods.map((method) => uselessSettings(method, given)).reduce((all, one) => all.filter((name) => one.includes(name)))
  if (useless !== undefined) throw new EngineError('bad-input', `--set ${useless}: ${methods.join(', ')} ${methods.length === 1 ? 'obeys' : 'obey'} ${[...new Set(methods.flatMap((method) => METHOD_SETTINGS[method]))].join(', ')}`)
}

const isSetting = (name: string): name is SettingName => Object.hasOwn(SETTINGS, name)

function valueOf(name: SettingName, setting: Setting, text: string): number | string | boolean {
  const refuse = (takes: string): never => { throw new EngineError('bad-input', `--set ${name}=${text}: ${name} takes ${takes}`) }
  if (setting.type === 'switch') return text === 'true' || text === 'on' || text === '1' ? true : text === 'false' || text === 'off' || text === '0' ? false : refuse('true or false')
  if (setting.type === 'choice') return setting.options.includes(text) ? text : refuse(setting.options.join(', '))
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (!(number >= setting.min && number <= setting.max) || (setting.whole === true && !Number.isInteger(number))) {
    return refuse(`a ${setting.whole === true ? 'whole ' : ''}number from ${setting.min} to ${setting.max}${setting.unit === '' ? '' : ` (${setting.unit})`}`)
  }
  return number
}

/** The settings and what they take, for --help. */
export function settingsHelp(): string {
  return Object.entries(SETTINGS as Record<string, Setting>).map(([name, setting]) => {
    const takes = setting.type === 'number' ? `${setting.min} … ${setting.max}${setting.unit === '' ? '' : ` ${setting.unit}`}` : setting.type === 'choice' ? setting.options.join(' | ') : 'true | false'
    return `  ${name.padEnd(18)} ${takes}; default ${String(setting.default)}; ${setting.help}`
  }).join('\n')
}
