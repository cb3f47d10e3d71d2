import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "packages/*/src/**/*.test.ts",
            "apps/*/src/**/*.test.{ts,tsx}",
            "scripts/**/*.test.ts",
          ],
          globalSetup: ["apps/server/src/testing/global-setup.ts"],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          // Now and then Chromium shows a frame of another site as focused and hands the keys to the page all the same.
          retry: 1,
        },
      },
    ],
  },
});
