import { readFileSync, readdirSync, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** Layer → what it may import: other layers by folder, packages by name, 'node' for Node's own modules. The whole law; no exceptions list. */
const LAW: Record<string, readonly string[]> = {
  'main/contract': ['zod'],
  'main/masks': [],
  'main/resample': [],
  'main/products': [],
  'main/segment': ['main/masks', 'main/resample', 'main/products'],
  'main/attention': ['main/masks', 'main/resample', 'main/products'],
  'main/memory': ['main/masks', 'main/resample', 'main/products'],
  models: ['main/contract', 'main/resample', '@huggingface/tokenizers', 'node'],
  'main/inference': ['models', 'main/contract', 'main/attention', 'main/products', 'onnxruntime-node', 'zod', 'node'],
  'main/images': ['main/contract', 'main/masks', 'sharp', 'node'],
  'main/project': ['main/contract', 'main/masks', 'better-sqlite3', '@msgpack/msgpack', 'node'],
  'main/formats': ['main/contract', 'main/masks', 'fast-png', 'saxes', 'yaml', 'node'],
  'main/scenes': ['main/contract', 'main/masks', 'main/formats', 'sharp', 'node'],
  'main/evaluate': ['resources', 'main/contract', 'main/masks', 'main/segment', 'node'],
  'main/packs': ['models', 'main/contract', '@huggingface/hub', 'zod', 'node'],
  'main/pipeline': ['main/packs', 'main/products', 'main/images', 'main/inference', 'main/attention', 'main/segment', 'main/masks', 'main/resample', 'main/memory', 'main/contract', 'node'],
  'main/prelabel': ['main/*', 'node'],
  'main/queue': ['main/contract', 'main/pipeline', 'main/prelabel', 'main/images', 'main/host', 'bullmq', 'ioredis', '@aws-sdk/client-s3', '@msgpack/msgpack', 'zod', 'node'],
  'main/host': ['main/*', 'node', 'hono', '@hono/node-server', 'ws', '@msgpack/msgpack', 'rate-limiter-flexible', 'zod'],
  'main/engine': ['main/*', 'zod', 'node'],
  'main/cli': ['main/*', 'models', 'resources', 'node', 'yaml', 'commander', 'cli-progress', 'open', 'sharp'],
  electron: ['electron', 'main/contract', 'main/engine', 'node'],
  renderer: ['main/contract', 'main/masks', 'react', 'react-dom', 'konva', 'react-konva', 'react-aria-components', 'lucide-react', '@tanstack/react-virtual', 'i18next', 'react-i18next', '@msgpack/msgpack', 'resources'],
}
/** Stricter rules inside a layer. */
const FRAMEWORK_FREE = ['renderer/tools', 'renderer/document']
const FRAMEWORKS = ['react', 'react-dom', 'konva', 'react-konva', 'react-aria-components']

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return name === 'node_modules' ? [] : sourceFiles(path)
    return /\.(ts|tsx|mts)$/.test(name) ? [path] : []
  })
}

const posix = (path: string) => relative(ROOT, path).split(sep).join('/')
const layerOf = (path: string) => Object.keys(LAW).find((layer) => path === layer || path.startsWith(`${layer}/`))

/** Every module specifier of a source file: import, export from, dynamic import, import type. */
function importsOf(text: string): string[] {
  const bare = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
  return [...bare.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\s*\(\s*)['"]([^'"\n]+)['"]/g)].map((match) => match[1])
}

function target(file: string, specifier: string): { layer: string; path: string } {
  if (specifier.startsWith('.')) {
    const path = posix(join(dirname(file), specifier))
    return { layer: path.startsWith('resources/') ? 'resources' : (layerOf(path) ?? path), path }
  }
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]
  return { layer: specifier.startsWith('node:') || builtinModules.includes(name) ? 'node' : name, path: specifier }
}

const files = ['main', 'renderer', 'electron', 'models'].flatMap((folder) => sourceFiles(join(ROOT, folder)))

test('every source file belongs to a layer', () => {
  expect(files.map(posix).filter((path) => layerOf(path) === undefined)).toEqual([])
})

test('every import is allowed by the law of its layer', () => {
  const broken = files.flatMap((file) => {
    const path = posix(file)
    const layer = layerOf(path) ?? ''
    return importsOf(readFileSync(file, 'utf8')).flatMap((specifier) => {
      const to = target(file, specifier)
      const allowed = to.layer === layer || LAW[layer].includes(to.layer) || (LAW[layer].includes('main/*') && to.layer.startsWith('main/'))
      return allowed ? [] : [`${path} imports ${specifier}`]
    })
  })
  expect(broken).toEqual([])
})

test('tools and document know neither React nor Konva', () => {
  const broken = files.filter((file) => FRAMEWORK_FREE.some((folder) => posix(file).startsWith(`${folder}/`))).flatMap((file) =>
    importsOf(readFileSync(file, 'utf8')).filter((specifier) => FRAMEWORKS.includes(target(file, specifier).layer)).map((specifier) => `${posix(file)} imports ${specifier}`))
  expect(broken).toEqual([])
})

test('nobody imports test, and only electron/ imports electron', () => {
  const broken = files.flatMap((file) => importsOf(readFileSync(file, 'utf8'))
    .filter((specifier) => target(file, specifier).path.startsWith('test/') || (target(file, specifier).layer === 'electron' && specifier === 'electron' && !posix(file).startsWith('electron/')))
    .map((specifier) => `${posix(file)} imports ${specifier}`))
  expect(broken).toEqual([])
})

test('no file is called utils, helpers, shared, manager or service', () => {
  expect(files.map(posix).filter((path) => /(^|\/)(utils?|helpers?|shared|managers?|services?)(\.|\/|-)/.test(path))).toEqual([])
})
