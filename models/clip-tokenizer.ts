import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Tokenizer } from '@huggingface/tokenizers'
import { EngineError } from '../main/contract/errors.ts'

/** CLIP's byte-pair tokenizer, of a checkpoint's own files (REFERENCE §1.3). */
export interface ClipTokenizer {
  readonly start: number
  readonly end: number
  /** ids of a text without start and end */
  ids(text: string): readonly number[]
}

const START = '<|startoftext|>'
const END = '<|endoftext|>'

/** CLIP's pre-tokenizer; specials are cut out before it by the library. */
const WORDS = '\'s|\'t|\'re|\'ve|\'m|\'ll|\'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+'

/**
 * Reads tokenizer.json, or vocab.json with merges.txt (Stable Diffusion's folders have only these), from a folder.
 * @throws EngineError 'not-found' | 'bad-file' naming the file
 */
export async function readClipTokenizer(folder: string): Promise<ClipTokenizer> {
  const json = await optional(folder, 'tokenizer.json')
  if (json !== null) return make(join(folder, 'tokenizer.json'), parsed(join(folder, 'tokenizer.json'), json), parsed(folder, await optional(folder, 'tokenizer_config.json') ?? '{}'))
  const vocabulary = await optional(folder, 'vocab.json')
  const merges = await optional(folder, 'merges.txt')
  if (vocabulary === null || merges === null) throw new EngineError('not-found', `${folder}: no tokenizer in it; wanted is tokenizer.json, or vocab.json and merges.txt, of the same checkpoint`)
  const vocab = parsed(join(folder, 'vocab.json'), vocabulary) as Record<string, number>
  const special = (content: string): object => ({ id: vocab[content], content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true })
  return make(join(folder, 'vocab.json'), {
    version: '1.0',
    added_tokens: [START, END].filter((token) => vocab[token] !== undefined).map(special),
    normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' }, { type: 'Lowercase' }] },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Split', pattern: { Regex: WORDS }, behavior: 'Removed', invert: true }, { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true }] },
    post_processor: null,
    decoder: null,
    // a header line, then one pair a line
    model: { type: 'BPE', unk_token: END, continuing_subword_prefix: '', end_of_word_suffix: '</w>', fuse_unk: false, vocab, merges: merges.split('\n').filter((line, i) => line.trim() !== '' && !(i === 0 && line.startsWith('#version'))) },
  }, {})
}

async function optional(folder: string, name: string): Promise<string | null> {
  try {
    return await readFile(join(folder, name), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new EngineError('bad-file', `${join(folder, name)}: ${(error as Error).message}`)
  }
}

function parsed(path: string, text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // said below
  }
  throw new EngineError('bad-file', `${path}: a JSON object is wanted`)
}

function make(path: string, json: object, config: object): ClipTokenizer {
  let tokenizer: Tokenizer
  try {
    tokenizer = new Tokenizer(json, config)
  } catch (error) {
    throw new EngineError('bad-file', `${path}: no tokenizer can be made of it: ${(error as Error).message}`)
  }
  const start = tokenizer.token_to_id(START)
  const end = tokenizer.token_to_id(END)
  if (start === undefined || end === undefined) throw new EngineError('bad-file', `${path}: its vocabulary has no ${start === undefined ? START : END}; this is not CLIP's tokenizer`)
  return { start, end, ids: (text) => tokenizer.encode(cleaned(text), { add_special_tokens: false }).ids }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'' }

/**
 * What OpenAI's tokenizer does before the checkpoint's own rules and class names may need: curly quotes made straight (of ftfy's
 * repairs the one that matters here; text in a wrong encoding is not repaired), and entities of HTML read, twice, as published.
 */
export function cleaned(text: string): string {
  const straight = text.replaceAll(/[‘’‚‛]/g, '\'').replaceAll(/[“”„‟]/g, '"')
  const read = (once: string): string => once.replaceAll(/&(?:#(\d{1,6})|#x([\da-f]{1,5})|(amp|lt|gt|quot|apos));/gi, (whole, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()]
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
  return read(read(straight)).trim()
}

/** Prompts as CLIP's text tower takes them. */
export interface TokenBatch {
  /** [prompts, length] */
  readonly tokens: BigInt64Array
  /** [prompts] place of each end token */
  readonly ends: BigInt64Array
  readonly prompts: number
  readonly length: number
}

/**
 * Start, ids, end; padded with 0 to the longest of the batch (no token sees the padding); longer than `context` cut, the last
 * token being the end, as open_clip does it. O(texts).
 */
export function tokenBatch(tokenizer: ClipTokenizer, texts: readonly string[], context = 77): TokenBatch {
  const rows = texts.map((text) => [tokenizer.start, ...tokenizer.ids(text).slice(0, context - 2), tokenizer.end])
  const length = rows.reduce((most, row) => Math.max(most, row.length), 0)
  const tokens = new BigInt64Array(rows.length * length)
  rows.forEach((row, i) => row.forEach((id, j) => { tokens[i * length + j] = BigInt(id) }))
  return { tokens, ends: BigInt64Array.from(rows, (row) => BigInt(row.length - 1)), prompts: rows.length, length }
}

/** GEM's prompt: the article is always "a", the full stop belongs to it (REFERENCE §2). */
export const gemPrompt = (name: string): string => `a photo of a ${name}.`
