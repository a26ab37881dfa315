import { expect, test } from 'vitest'
import type { Annotation } from '../../../main/contract/records.ts'
import { coveringMasks } from '../../../main/prelabel/covering-masks.ts'
import { newAnnotation, rectangle } from '../project/sample-project.ts'

const one = (id: number, state: Annotation['state'], classId: number | null, x: number, width: number): Annotation =>
  ({ ...newAnnotation(1, { classId, state, mask: rectangle(x, 0, width, 10), areaPx2: width * 10 }), kind: 'annotation', id, version: 1 })

test('a rejected mask is a part of the kept one of another class under which most of it lies', () => {
  const kept = [one(1, 'accepted', 7, 0, 100), one(2, 'drawn', 8, 100, 100), one(3, 'pending', 9, 0, 200)]
  const rejected = [one(4, 'rejected', 8, 20, 10), one(5, 'rejected', 7, 20, 10), one(6, 'rejected', 9, 95, 10), one(7, 'rejected', 9, 97, 10)]
  expect([...coveringMasks([...kept, ...rejected])]).toEqual([[4, { id: 1, classId: 7 }], [7, { id: 2, classId: 8 }]])
})
