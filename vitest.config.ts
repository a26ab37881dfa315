import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // the real package would fetch its binary when imported
    alias: [{ find: /^electron$/, replacement: join(import.meta.dirname, 'test/integration/electron-stand-in.ts') }],
    include: ['test/layers.test.ts', 'test/unit/**/*.test.ts', 'test/unit/**/*.test.tsx', 'test/integration/**/*.test.ts', 'test/e2e/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    passWithNoTests: false,
  },
})
