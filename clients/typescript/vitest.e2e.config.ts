import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Against the server at $PENSTOCK_URL with $PENSTOCK_TOKEN. */
export default defineConfig({
  resolve: { alias: { "@penstock/client": fileURLToPath(new URL("src/index.ts", import.meta.url)) } },
  test: { include: ["e2e/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
});
