import { expect, test, vi } from 'vitest'
import { createPictureLoader } from '../../../../renderer/canvas/picture-loader.ts'

const pictures = () => {
  const closed: string[] = []
  const fetched: string[] = []
  const loader = createPictureLoader((url) => {
    fetched.push(url)
    if (url === 'bad' && fetched.filter((one) => one === url).length === 1) return Promise.reject(new Error('gone'))
    return Promise.resolve({ url, close: () => { closed.push(url) } } as unknown as ImageBitmap)
  })
  return { loader, fetched, closed }
}

test('what was fetched before is not fetched again, and belongs to who loads it', async () => {
  const { loader, fetched, closed } = pictures()
  loader.prefetch(['a', 'b'])
  await loader.load('a')
  loader.prefetch([])
  await vi.waitFor(() => expect(closed).toEqual(['b']))
  expect(fetched).toEqual(['a', 'b'])
})

test('a fetch ahead that failed is tried again by the load', async () => {
  const { loader, fetched } = pictures()
  loader.prefetch(['bad'])
  await expect(loader.load('bad')).resolves.toMatchObject({ url: 'bad' })
  expect(fetched).toEqual(['bad', 'bad'])
})
