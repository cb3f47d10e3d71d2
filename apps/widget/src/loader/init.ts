import type { AuraInstance, InitOptions } from "../surface.ts";
import { createInstance } from "./instance.ts";

const instances: Record<string, AuraInstance> = {};

/**
 * Starts a widget; the same id again takes the options over and returns the widget that is there. Without the address
 * of the loader's script the frame comes from `apiBaseUrl`.
 */
export function init(options: InitOptions, scriptUrl?: string): AuraInstance {
  const id = options?.id || "default";
  instances[id] ??= createInstance(id, scriptUrl, () => delete instances[id]);
  instances[id].update(options);
  return instances[id];
}
