import type { Finding, TransferReport } from '../contract/transfer.ts'

const EXAMPLES_MAX = 5
const EXAMPLE_CHARACTERS_MAX = 200

/** Gathers what a reader or writer noticed: per rule a count and the first examples. */
export class Findings {
  readonly #byRule = new Map<string, { severity: Finding['severity']; action: string; count: number; examples: string[] }>()

  /** One more case of `rule`. The rule's first severity and action stay. */
  add(rule: string, severity: Finding['severity'], action: string, example?: string): void {
    let found = this.#byRule.get(rule)
    if (found === undefined) {
      found = { severity, action, count: 0, examples: [] }
      this.#byRule.set(rule, found)
    }
    found.count++
    if (example !== undefined && found.examples.length < EXAMPLES_MAX) {
      found.examples.push(example.length > EXAMPLE_CHARACTERS_MAX ? `${example.slice(0, EXAMPLE_CHARACTERS_MAX)}…` : example)
    }
  }

  /** Adds what another gathering found. */
  join({ rule, severity, action, count, examples }: Finding): void {
    const found = this.#byRule.get(rule)
    if (found === undefined) this.#byRule.set(rule, { severity, action, count, examples: [...examples] })
    else {
      found.count += count
      found.examples.push(...examples.slice(0, Math.max(0, EXAMPLES_MAX - found.examples.length)))
    }
  }

  list(): Finding[] {
    return [...this.#byRule].map(([rule, { severity, action, count, examples }]) => ({ rule, severity, action, count, examples }))
  }

  /** 'clean' without a mended or refused record; what refuses the whole file is a RefusedFile. */
  verdict(): TransferReport['verdict'] {
    return [...this.#byRule.values()].some(({ severity }) => severity !== 'note') ? 'mended' : 'clean'
  }
}

/** Nothing of this file can be read; the message names the reason and the place. */
export class RefusedFile extends Error {
  readonly rule: string
  readonly action: string
  constructor(rule: string, message: string, action: string) {
    super(message)
    this.name = 'RefusedFile'
    this.rule = rule
    this.action = action
  }
}
