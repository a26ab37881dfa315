import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { SaxesParser } from 'saxes'
import { RefusedFile } from './findings.ts'

/** An element with all that is in it. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** its own text, without that of its children */
  readonly text: string
}

const CHUNK_BYTES = 1 << 18
const DEPTH_MAX = 100
const ELEMENT_NODES_MAX = 2_000_000

export const childNamed = (element: XmlElement, name: string): XmlElement | undefined => element.children.find((child) => child.name === name)
export const textOf = (element: XmlElement | undefined, name: string): string => (element === undefined ? '' : (childNamed(element, name)?.text.trim() ?? ''))

/**
 * Streams an XML file of any size: each element just below the root comes whole, the root first without children.
 * Document types are refused, so no entity can grow. Memory: one such element.
 * @throws RefusedFile with the place where it is no XML
 */
export function* xmlElements(path: string, name: string, onBytes?: (done: number) => void): Generator<XmlElement, void, void> {
  const parser = new SaxesParser<{ position: true; xmlns: false }>({ position: true, xmlns: false })
  const ready: XmlElement[] = []
  const stack: { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string }[] = []
  let nodes = 0
  const refuse = (why: string): never => { throw new RefusedFile('not-xml', `${name}: ${why}`, 'nothing is read') }
  parser.on('error', (error) => refuse(error.message))
  parser.on('doctype', () => refuse('it has a document type, which is not read'))
  parser.on('opentag', ({ name: tag, attributes }) => {
    if (stack.length >= DEPTH_MAX) refuse(`elements lie more than ${DEPTH_MAX} deep`)
    if (++nodes > ELEMENT_NODES_MAX) refuse(`one element holds more than ${ELEMENT_NODES_MAX} others`)
    if (stack.length === 0) ready.push({ name: tag, attributes: { ...attributes }, children: [], text: '' })
    stack.push({ name: tag, attributes: { ...attributes }, children: [], text: '' })
  })
  const addText = (text: string): void => { if (stack.length > 1) stack[stack.length - 1].text += text }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const done = stack.pop()
    if (done === undefined) return
    if (stack.length === 1) {
      ready.push(done)
      nodes = 0
    } else stack.at(-1)?.children.push(done)
  })
  const file = openSync(path, 'r')
  try {
    const decoder = new StringDecoder('utf8')
    const buffer = Buffer.alloc(CHUNK_BYTES)
    for (let total = 0; ;) {
      const read = readSync(file, buffer, 0, CHUNK_BYTES, null)
      total += read
      if (read === 0) {
        parser.write(decoder.end()).close()
        yield* ready.splice(0)
        return
      }
      parser.write(decoder.write(buffer.subarray(0, read)))
      onBytes?.(total)
      yield* ready.splice(0)
    }
  } finally {
    closeSync(file)
  }
}

/** Text safe inside an element or an attribute in double quotes. */
export const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll(/[^\P{Cc}\t\n\r]|\uFFFE|\uFFFF/gu, '')
