/** End-to-end tests: the real window, the real engine, a real browser. One worker, because each test starts an engine of its own. */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: './specs',
  outputDir: '../../dist/e2e',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: { actionTimeout: 15_000 },
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  // A test that needs a second try is reported as flaky, not hidden.
  retries: process.env['CI'] ? 1 : 0,
  reporter: [['list']],
});
