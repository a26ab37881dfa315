import { expect, test } from 'vitest'
import type { Finding } from '../../../../main/contract/transfer.ts'
import { leavesOut, wholeExport } from '../../../../renderer/views/dialogs/leaves-out.ts'

const pending = { rule: 'state-pending', severity: 'note', count: 18, action: 'left out: this state was not asked for', examples: [] } satisfies Finding
const rejected = { ...pending, rule: 'state-rejected', count: 2 }

test('an export says that all that was chosen is in it, and how much is left out beside it', () => {
  const noClass = { ...pending, rule: 'no-class', count: 5, action: 'left out: nobody has said what it is' }
  expect([pending, rejected, noClass].map(leavesOut)).toEqual([false, false, true])
  expect(wholeExport({ annotations: 9, findings: [] })).toEqual({ key: 'whole', count: 0 })
  expect(wholeExport({ annotations: 9, findings: [pending, rejected] })).toEqual({ key: 'wholeOfStates', count: 20 })
  // proposals that wait for a person are no data set yet
  expect(wholeExport({ annotations: 0, findings: [pending] })).toEqual({ key: 'noneOfStates', count: 18 })
})
