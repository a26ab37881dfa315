import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decodeLabelPng, decodeRawLabels, encodeLabelPng, NO_LABEL, vocPalette } from '../../../main/formats/label-png.ts'

test('up to 255 classes a label map is an indexed PNG whose value is the class, 255 for none', async () => {
  const labels = Uint16Array.of(0, 1, 254, NO_LABEL, 20, 3)
  const bytes = encodeLabelPng({ width: 3, height: 2, labels }, 255)
  expect([bytes[24], bytes[25]]).toEqual([8, 3]) // IHDR: bit depth 8, colour type 3 = indexed
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height, ...data.subarray(3, 6)]).toEqual([3, 2, 128, 0, 0]) // another reader sees class 1 in the VOC palette
  expect([...decodeRawLabels(bytes, 'x').values]).toEqual([0, 1, 254, 255, 20, 3])
  expect(decodeLabelPng(bytes, 'x').labels).toEqual(labels)
})

test('above 255 classes it is 16-bit grey with 65535 for none', () => {
  const labels = Uint16Array.of(0, 255, 256, NO_LABEL)
  const bytes = encodeLabelPng({ width: 4, height: 1, labels }, 300)
  expect(decodeRawLabels(bytes, 'x').depth).toBe(16)
  expect(decodeLabelPng(bytes, 'x').labels).toEqual(labels)
})

test('the VOC palette begins black, maroon, green, olive and ends in white-grey 224,224,192', () => {
  const palette = vocPalette(256)
  expect(palette.slice(0, 4)).toEqual([[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0]])
  expect(palette[255]).toEqual([224, 224, 192])
})

test('a small palette PNG of another program keeps its indices', async () => {
  const four = await sharp(Buffer.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 0, 0, 0, 255, 0]), { raw: { width: 5, height: 1, channels: 3 } }).png({ palette: true, colours: 4, dither: 0 }).toBuffer()
  const { values, depth } = decodeRawLabels(four, 'x')
  expect(depth).toBeLessThanOrEqual(8)
  expect(values[0]).toBe(values[3])
  expect(values[1]).toBe(values[4])
  expect(new Set([values[0], values[1], values[2]]).size).toBe(3)
})

test('what is no PNG, or has three channels, is refused by name', async () => {
  expect(() => decodeRawLabels(new Uint8Array([1, 2, 3]), 'truth/a.png')).toThrow('truth/a.png: not a readable PNG')
  const rgb = await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } }).png().toBuffer()
  expect(() => decodeRawLabels(rgb, 'truth/b.png')).toThrow('truth/b.png: a label map has one channel or a palette, this PNG has 3 channels')
})
