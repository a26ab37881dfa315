import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { renderScene } from './render-scene.ts'
import { sceneCaption } from './scene-caption.ts'
import { SCENE_CLASSES } from './scene-classes.ts'

/** What scenes to write. */
export interface ScenesRequest {
  /** seed of the first; the next ones count up */
  readonly seed: number
  readonly count: number
  /** side of the pictures in px */
  readonly size: number
  readonly onScene?: (done: number) => void
}

/**
 * Writes scenes for a training program: rgb.u8 [count, size, size, 3], labels.u8 [count, size, size] (place in classes.txt; to
 * judge by, not to learn from), captions.jsonl and classes.txt. Memory: one scene.
 */
export async function writeRawScenes(folder: string, { seed, count, size, onScene }: ScenesRequest): Promise<void> {
  await mkdir(folder, { recursive: true })
  const files = await Promise.all(['rgb.u8', 'labels.u8', 'captions.jsonl', 'classes.txt'].map((name) => open(join(folder, name), 'w')))
  try {
    const [rgb, labels, captions, classes] = files
    await classes.write(`${SCENE_CLASSES.map(({ name }) => name).join('\n')}\n`)
    for (let i = 0; i < count; i++) {
      const scene = await renderScene(seed + i, size)
      await rgb.write(scene.rgb)
      await labels.write(scene.ids.map((id) => scene.objects[id].place))
      await captions.write(`${JSON.stringify({ seed: scene.seed, caption: sceneCaption(scene.objects.map(({ place }) => place), scene.seed) })}\n`)
      onScene?.(i + 1)
    }
  } finally {
    await Promise.all(files.map((file) => file.close()))
  }
}
