import { isAbsolute, resolve } from 'node:path'

export interface StartArguments {
  readonly project: string | undefined
  readonly images: string | undefined
  readonly labels: string | undefined
  readonly prelabel: string | undefined
}

/** `--project FILE`, `--images DIR`, `--labels PATH`, `--prelabel PACK`, or a bare `….maskwright` file (double-clicked). Chromium's own switches are let past. */
export function startArguments(args: readonly string[], folder: string): StartArguments {
  const full = (path: string | undefined) => (path === undefined || isAbsolute(path) ? path : resolve(folder, path))
  const after = (name: string) => {
    const place = args.indexOf(name)
    return place < 0 ? args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1) : args.at(place + 1)
  }
  return { project: full(after('--project') ?? args.find((arg) => !arg.startsWith('-') && arg.endsWith('.maskwright'))), images: full(after('--images')), labels: full(after('--labels')), prelabel: after('--prelabel') }
}
