import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // the real package would fetch its binary when imported
    alias: [{ find: /^electron$/, replacement: join(import.meta.dirname, 'test/integration/electron-stand-in.ts') }],
    include: ['test/layers.test.ts', 'test/unit/**/*.test.ts', 'test/unit/**/*.test.tsx', 'test/integration/**/*.test.ts', 'test/e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // tests wait for processes, browsers and timers as much as they compute: three keep two cores busier than two (366 → 307 s)
    maxWorkers: 3,
    passWithNoTests: false,
  },
})
