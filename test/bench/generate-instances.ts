import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { seededRandom } from '../../main/segment/seeded-random.ts'

/** COCO train2017's measure: images, annotations, and about the bytes a polygon takes there. */
export const TRAIN_2017 = { images: 118_000, annotations: 860_000 }
const CATEGORIES = 80

/**
 * Writes an instances file like COCO train2017: pictures of 640×480, annotations in no order of images, polygons of 8 to
 * 41 corners in hundredths of a pixel, one in a hundred a crowd RLE. The same seed gives the same bytes.
 * @returns bytes written
 */
export async function generateInstances(path: string, { images, annotations }: { images: number; annotations: number }, seed = 1): Promise<number> {
  const random = seededRandom(seed)
  const out = createWriteStream(path)
  let bytes = 0
  let text = ''
  const flush = async (): Promise<void> => {
    bytes += Buffer.byteLength(text)
    if (!out.write(text)) await once(out, 'drain')
    text = ''
  }
  text += '{"info": {"year": 2017}, "licenses": [{"id": 1, "name": "none"}], "images": ['
  for (let i = 1; i <= images; i++) {
    text += `${i === 1 ? '' : ', '}{"license": 1, "file_name": "${String(i).padStart(12, '0')}.jpg", "coco_url": "coco/${i}", "height": 480, "width": 640, "date_captured": "2013-11-14 17:02:52", "id": ${i}}`
    if (text.length > 1 << 20) await flush()
  }
  text += '], "annotations": ['
  for (let i = 1; i <= annotations; i++) {
    const image = 1 + Math.floor(random() * images)
    const category = 1 + Math.floor(random() * CATEGORIES)
    const radius = 8 + random() * random() * 160
    const cx = radius + random() * (640 - 2 * Math.min(radius, 319))
    const cy = radius + random() * (480 - 2 * Math.min(radius, 239))
    const head = `${i === 1 ? '' : ', '}{"id": ${i}, "image_id": ${image}, "category_id": ${category}, "iscrowd": `
    if (i % 100 === 0) {
      const [x, y, w, h] = [Math.floor(random() * 300), Math.floor(random() * 200), 100, 150]
      const runs = [x * 480 + y]
      for (let column = 0; column < w; column++) runs.push(h, column === w - 1 ? 640 * 480 - (x + w - 1) * 480 - y - h : 480 - h)
      text += `${head}1, "area": ${w * h}, "bbox": [${x}, ${y}, ${w}, ${h}], "segmentation": {"size": [480, 640], "counts": [${runs.join(', ')}]}}`
    } else {
      const corners = 8 + Math.floor(random() * 34)
      const points: string[] = []
      let [x0, y0, x1, y1] = [640, 480, 0, 0]
      let area = 0
      let [px, py] = [0, 0]
      for (let k = 0; k <= corners; k++) {
        const r = k === corners ? radius : radius * (0.7 + 0.3 * random())
        const x = Math.min(640, Math.max(0, cx + r * Math.cos((2 * Math.PI * k) / corners)))
        const y = Math.min(480, Math.max(0, cy + r * Math.sin((2 * Math.PI * k) / corners)))
        if (k > 0) area += (px * y - x * py) / 2
        ;[px, py] = [x, y]
        if (k === corners) break
        points.push(x.toFixed(2), y.toFixed(2))
        ;[x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)]
      }
      text += `${head}0, "area": ${Math.abs(area).toFixed(4)}, "bbox": [${x0.toFixed(2)}, ${y0.toFixed(2)}, ${(x1 - x0).toFixed(2)}, ${(y1 - y0).toFixed(2)}], "segmentation": [[${points.join(', ')}]]}`
    }
    if (text.length > 1 << 20) await flush()
  }
  text += `], "categories": [${Array.from({ length: CATEGORIES }, (_, i) => `{"id": ${i + 1}, "name": "class ${i + 1}", "supercategory": "all"}`).join(', ')}]}`
  await flush()
  out.end()
  await once(out, 'finish')
  return bytes
}
