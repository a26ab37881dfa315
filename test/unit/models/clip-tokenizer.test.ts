import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { captionsOf, captionSelection, emptyCaption } from '../../../models/caption.ts'
import { cleaned, gemPrompt, readClipTokenizer, tokenBatch } from '../../../models/clip-tokenizer.ts'
import { fixtureFolder } from '../../reference/agreement.ts'

const FOLDER = fixtureFolder('clip-tokenizer')
const expected = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as { start: number; end: number; tokenizer: object; vectors: { text: string; ids: number[] }[] }
const scratch = mkdtempSync(join(tmpdir(), 'maskwright-tokenizer-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('vocab.json with merges.txt gives the ids of the Rust library', async () => {
  const tokenizer = await readClipTokenizer(FOLDER)
  expect([tokenizer.start, tokenizer.end]).toEqual([expected.start, expected.end])
  for (const { text, ids } of expected.vectors) expect(tokenizer.ids(text), JSON.stringify(text)).toEqual(ids)
})

test('tokenizer.json gives the same', async () => {
  writeFileSync(join(scratch, 'tokenizer.json'), JSON.stringify(expected.tokenizer))
  const tokenizer = await readClipTokenizer(scratch)
  for (const { text, ids } of expected.vectors) expect(tokenizer.ids(text), JSON.stringify(text)).toEqual(ids)
})

test('curly quotes and entities are read as OpenAI\'s tokenizer reads them', () => {
  expect(cleaned(' I’d “say” ')).toBe('I\'d "say"')
  expect(cleaned('&lt;b&gt;bold&amp;italic&lt;/b&gt;')).toBe('<b>bold&italic</b>')
  expect(cleaned('&amp;lt; &#65;&#x42; &unknown; &#0; R&D')).toBe('< AB &unknown; &#0; R&D')
})

test('a batch is padded to its longest prompt, and cut at the context with the end token kept', async () => {
  const tokenizer = await readClipTokenizer(FOLDER)
  const batch = tokenBatch(tokenizer, [gemPrompt('cat'), 'dog', 'zebra '.repeat(60)], 10)
  expect(batch).toMatchObject({ prompts: 3, length: 10 })
  const row = (i: number) => [...batch.tokens.subarray(i * 10, (i + 1) * 10)].map(Number)
  expect(row(1)).toEqual([expected.start, ...tokenizer.ids('dog'), expected.end, ...Array<number>(10 - 2 - tokenizer.ids('dog').length).fill(0)])
  expect([row(2)[0], row(2)[9]]).toEqual([expected.start, expected.end])
  expect([...batch.ends].map((end, i) => row(i)[Number(end)])).toEqual([expected.end, expected.end, expected.end])
  expect(tokenBatch(tokenizer, [], 77)).toMatchObject({ prompts: 0, length: 0 })
})

test('captions are the published sentences, their classes known by place', async () => {
  const tokenizer = await readClipTokenizer(FOLDER)
  for (const [names, text] of [[['cat'], 'A photo of cat'], [['cat', 'dog'], 'A photo of cat, and dog'], [['cat', 'hot dog', 'dog'], 'A photo of cat, hot dog, and dog']] as const) {
    const [caption, ...rest] = captionsOf(tokenizer, names)
    expect(rest).toEqual([])
    expect(caption.ids).toEqual([expected.start, ...tokenizer.ids(text), expected.end])
    caption.positions.forEach((places, i) => expect(places.map((place) => caption.ids[place])).toEqual(tokenizer.ids(names[i])))
  }
  expect(emptyCaption(tokenizer)).toEqual([expected.start, expected.end])
})

test('a list too long for one caption becomes several, every class in exactly one', async () => {
  const tokenizer = await readClipTokenizer(FOLDER)
  const names = Array.from({ length: 40 }, (_, i) => ['traffic light', 'teddy bear', 'wall-other-merged', 'an unknown zebra'][i % 4])
  const captions = captionsOf(tokenizer, names, 40)
  expect(captions.length).toBeGreaterThan(3)
  expect(captions.flatMap(({ classes }) => classes)).toEqual(names.map((_, i) => i))
  for (const { ids, classes, positions } of captions) {
    expect(ids.length).toBeLessThanOrEqual(40)
    expect(ids).toEqual([expected.start, ...tokenizer.ids(`A photo of ${classes.map((i, place) => `${place > 0 && place === classes.length - 1 ? 'and ' : ''}${names[i]}`).join(', ')}`), expected.end])
    expect(positions.every((places) => places.length > 0)).toBe(true)
  }
  const [long] = captionsOf(tokenizer, ['zebra '.repeat(60)], 20)
  expect(long.ids.length).toBe(20)
  expect(() => captionsOf(tokenizer, [])).toThrow('at least one class')
  expect(() => captionsOf(tokenizer, [' '])).toThrow('class " " has no characters')
})

test('selection: [SOS] first, then means of tokens; the published search also finds "dog" in "hot dog", and shares its columns', () => {
  // ids: start, hot 1, dog 2, comma 3, dog 2, end
  const caption = { ids: [0, 1, 2, 3, 2, 9], classes: [0, 1], positions: [[1, 2], [4]] }
  const columnsOf = (profile: 'corrected' | 'reference') => {
    const { values, columns } = captionSelection(caption, profile)
    expect(columns).toBe(3)
    return Array.from({ length: columns }, (_, c) => caption.ids.map((__, t) => values[t * columns + c]))
  }
  expect(columnsOf('corrected')).toEqual([[1, 0, 0, 0, 0, 0], [0, 0.5, 0.5, 0, 0, 0], [0, 0, 0, 0, 1, 0]])
  expect(columnsOf('reference')).toEqual([[1, 0, 0, 0, 0, 0], [0, 0.5, 0.5, 0, 0, 0], [0, 0, 0.5, 0, 0.5, 0]])
})

test('files that are no tokenizer of CLIP are named', async () => {
  const folder = mkdtempSync(join(scratch, 'bad-'))
  await expect(readClipTokenizer(folder)).rejects.toThrow('no tokenizer in it; wanted is tokenizer.json, or vocab.json and merges.txt')
  writeFileSync(join(folder, 'vocab.json'), '{"a": 0}')
  writeFileSync(join(folder, 'merges.txt'), '')
  await expect(readClipTokenizer(folder)).rejects.toThrow('its vocabulary has no <|startoftext|>')
  writeFileSync(join(folder, 'tokenizer.json'), '{"model": ')
  await expect(readClipTokenizer(folder)).rejects.toThrow('tokenizer.json: a JSON object is wanted')
})

/** OpenAI's own vocabulary and vectors: not in the repository. MASKWRIGHT_CLIP_SAMPLES names the folder that has them. */
const SAMPLES = process.env.MASKWRIGHT_CLIP_SAMPLES ?? ''
/** Text in a wrong encoding, which only ftfy repairs. */
const NOT_MATCHED = ['schÃ¶n']

test('OpenAI\'s vocabulary: every vector but what only ftfy repairs, and every class name and prompt', async ({ skip }) => {
  skip(!existsSync(join(SAMPLES, 'tokenizer-vectors.json')), 'OpenAI’s vocabulary is not in the repository; MASKWRIGHT_CLIP_SAMPLES may name a folder that has it')
  const folder = mkdtempSync(join(scratch, 'openai-'))
  const merges = gunzipSync(readFileSync(join(SAMPLES, 'bpe_simple_vocab_16e6.txt.gz'))).toString('utf8').split('\n').slice(1, 48_895)
  const visible = [[33, 126], [161, 172], [174, 255]].flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i))
  const others = Array.from({ length: 256 - visible.length }, (_, i) => 256 + i)
  const characters = [...visible, ...others].map((code) => String.fromCodePoint(code))
  const words = [...characters, ...characters.map((character) => `${character}</w>`), ...merges.map((merge) => merge.replace(' ', '')), '<|startoftext|>', '<|endoftext|>']
  writeFileSync(join(folder, 'vocab.json'), JSON.stringify(Object.fromEntries(words.map((word, i) => [word, i]))))
  writeFileSync(join(folder, 'merges.txt'), `#version: 0.2\n${merges.join('\n')}\n`)
  const tokenizer = await readClipTokenizer(folder)
  expect([tokenizer.start, tokenizer.end]).toEqual([49_406, 49_407])
  const { vectors } = JSON.parse(readFileSync(join(SAMPLES, 'tokenizer-vectors.json'), 'utf8')) as { vectors: { text: string; ids: number[] }[] }
  const wrong = vectors.filter(({ text, ids }) => tokenizer.ids(text).join() !== ids.join()).map(({ text }) => text)
  expect(wrong).toEqual(NOT_MATCHED)
  const sets = JSON.parse(readFileSync(join(SAMPLES, 'class-prompt-tokens.json'), 'utf8')) as Record<string, { classes?: string[]; class_tokens: number[][]; gem_prompt_tokens: number[][] }>
  let names = 0
  for (const { classes, class_tokens: own, gem_prompt_tokens: prompts } of Object.values(sets)) {
    classes?.forEach((name, i) => {
      names++
      expect(tokenizer.ids(name)).toEqual(own[i])
      expect([tokenizer.start, ...tokenizer.ids(gemPrompt(name)), tokenizer.end]).toEqual(prompts[i])
    })
  }
  expect([vectors.length, names]).toEqual([100, 277])
})
