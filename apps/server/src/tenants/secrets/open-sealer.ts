import type { Config } from "../../config/config.ts";
import { createSealer, type Sealer } from "./sealed-text.ts";
import { createSecretKeys } from "./secret-keys.ts";

/**
 * The sealer of this installation.
 * @throws SecretKeysError when ORCHA_SECRET_KEYS holds something else than keys
 */
export function openSealer(config: Config): Sealer {
  const keys = createSecretKeys({
    configured: config.ORCHA_SECRET_KEYS?.reveal(),
    // A file beside PostgreSQL would be another one on every server.
    folder: config.DATABASE_URL === undefined ? config.ORCHA_DATA_DIR : undefined,
  });
  return createSealer(keys);
}
