import { expect, test } from 'vitest'
import type { EditorState } from '../../../../renderer/document/editor-state.ts'
import { proposeOnOpen } from '../../../../renderer/views/state/propose-on-open.ts'

type Seen = Pick<EditorState, 'image' | 'annotations' | 'loading'>

function opening(proposes: boolean) {
  let state: Seen = { image: null, annotations: [], loading: false }
  let hear = (): void => undefined
  let asked = 0
  const editor = { state: () => state as EditorState, subscribe: (listener: () => void) => { hear = listener; return () => undefined } }
  proposeOnOpen(editor, { state: () => ({ overlayOpacity: 0.5, outlineOnly: false, reviewOpen: false, proposeOnOpen: proposes }) }, () => { asked++; return Promise.resolve() })
  return {
    open(id: number, patch: object = {}, more: Partial<Seen> = {}) {
      state = { image: { id, state: 'new', problem: null, missing: false, ...patch } as EditorState['image'], annotations: [], loading: false, ...more }
      hear()
      return asked
    },
  }
}

test('a new picture without anything on it gets proposals once per opening', () => {
  const page = opening(true)
  expect(page.open(1, {}, { loading: true })).toBe(0) // not before it is there
  expect(page.open(1)).toBe(1)
  expect(page.open(1)).toBe(1)
  expect(page.open(2)).toBe(2)
  expect(page.open(1)).toBe(3)
})

test('a picture in work, with annotations, missing or unreadable is left alone', () => {
  const page = opening(true)
  expect(page.open(1, { state: 'working' })).toBe(0)
  expect(page.open(2, {}, { annotations: [{}] as unknown as Seen['annotations'] })).toBe(0)
  expect(page.open(3, { missing: true })).toBe(0)
  expect(page.open(4, { problem: 'cut off' })).toBe(0)
})

test('nothing happens by itself unless the person chose it', () => expect(opening(false).open(1)).toBe(0))
