/** Pictures by address, decoded once: those of the neighbours are fetched before anybody asks. */
export interface PictureLoader {
  /** A decoded picture that the caller owns and has to close. @throws when it could not be had */
  load(url: string): Promise<ImageBitmap>
  /** Fetches these and keeps them until they are loaded; those of an earlier call are let go. Failures are left to `load`. */
  prefetch(urls: readonly string[]): void
}

/** A bitmap stays decoded, where a browser may throw an element's px away and decode them again in the frame that draws it. */
async function fetchPicture(url: string): Promise<ImageBitmap> {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`)
  return createImageBitmap(await answer.blob())
}

/** @param fetchOne for tests */
export function createPictureLoader(fetchOne: (url: string) => Promise<ImageBitmap> = fetchPicture): PictureLoader {
  const waiting = new Map<string, Promise<ImageBitmap | null>>()
  const letGo = (url: string) => {
    const kept = waiting.get(url)
    waiting.delete(url)
    void kept?.then((picture) => picture?.close())
  }
  return {
    async load(url) {
      const kept = waiting.get(url)
      waiting.delete(url)
      return (await kept) ?? fetchOne(url)
    },
    prefetch(urls) {
      for (const url of waiting.keys()) if (!urls.includes(url)) letGo(url)
      for (const url of urls) if (!waiting.has(url)) waiting.set(url, fetchOne(url).catch(() => null))
    },
  }
}

/** The page has one canvas and so one loader. */
export const pictureLoader = createPictureLoader()
