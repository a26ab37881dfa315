import { expect, test } from 'vitest'
import type { Annotation } from '../../../main/contract/records.ts'
import { createRegionLooks } from '../../../main/prelabel/region-looks.ts'
import { rectangle } from '../project/sample-project.ts'

const mask = rectangle(0, 0, 10, 10)
const look = (id: number, own: number | null = null) => ({ id, mask, vector: new Float32Array(100), own: own === null ? null : { classId: own, score: 0.5 } })
const annotation = (imageId: number, id: number, of = mask) => ({ imageId, id, mask: of }) as Annotation

test('looks are kept up to so many bytes, those put longest ago go first, the last image stays whatever it takes', () => {
  const looks = createRegionLooks(2.5 * (400 + mask.runs.byteLength))
  looks.put(1, [look(11)])
  looks.put(2, [look(21)])
  looks.put(1, [look(11)])
  looks.put(3, [look(31)])
  expect(looks.images()).toEqual([1, 3])
  looks.put(4, [41, 42, 43].map((id) => look(id)))
  expect(looks.images()).toEqual([4])
  expect(looks.of(annotation(4, 43))?.vector).toHaveLength(100)
  looks.put(5, [look(51)])
  expect(looks.images()).toEqual([5])
})

test('a look is of its mask, and what the pack called the region stays known when it is seen again', () => {
  const looks = createRegionLooks()
  looks.put(1, [look(11, 7)])
  looks.put(1, [look(11), look(12)])
  expect([looks.of(annotation(1, 11))?.own?.classId, looks.of(annotation(1, 12))?.own]).toEqual([7, null])
  expect(looks.of(annotation(1, 11, rectangle(0, 0, 10, 11)))).toBeUndefined()
})
