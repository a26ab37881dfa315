// A vitest reporter that writes what `npm test` needs for its last line: counts, and each skip with its reason.
import { writeFileSync } from 'node:fs'

export default class CountingReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0, skips: [], flaky: [], failures: unhandledErrors.map((error) => `outside any test: ${error.message}`) }
    for (const module of modules) {
      // a file that could not even be loaded has no tests to count
      if (module.errors().length > 0) {
        counts.failed += 1
        counts.failures.push(module.moduleId)
      }
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) {
        counts.failed += 1
        counts.failures.push(suite.fullName)
      }
      for (const one of module.children.allTests()) {
        const result = one.result()
        if (result.state === 'passed') {
          counts.passed += 1
          if ((one.diagnostic()?.retryCount ?? 0) > 0) counts.flaky.push(one.fullName)
        } else if (result.state === 'failed') {
          counts.failed += 1
          counts.failures.push(one.fullName)
        } else {
          counts.skipped += 1
          counts.skips.push({ name: one.fullName, reason: result.note ?? 'no reason given' })
        }
      }
    }
    writeFileSync(process.env.MASKWRIGHT_COUNTS, JSON.stringify(counts))
  }
}
