// What the package @orcha/widget exports. Importing it does nothing by itself, on a server neither.
export { init } from "./loader/init.ts";
export { optionsFromData } from "./loader/script-data.ts";
export { EVENT_KEYS, EVENT_NAMES, OPTION_NAMES, optionsIn } from "./names.ts";
export type {
  AuraEventName,
  AuraEvents,
  AuraInstance,
  AuraListener,
  ConsentOptions,
  ContextOptions,
  HeaderOptions,
  InitOptions,
  LauncherOptions,
  Position,
  Theme,
  Token,
} from "./surface.ts";
