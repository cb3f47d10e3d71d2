import type { AuraInstance, InitOptions } from "../surface.ts";
import { init } from "./init.ts";
import { optionsFromData } from "./script-data.ts";

/** What stands at `window.AuraChatWidget`, first as the page's own queue and then as the loader. */
interface AuraGlobal {
  q?: InitOptions[];
  init(options: InitOptions): AuraInstance | undefined;
  /** Set once a loader has taken over; a second one leaves it in place. */
  readonly loaded?: boolean;
}

declare global {
  interface Window {
    AuraChatWidget?: AuraGlobal;
  }
}

/** Takes over the page's queue and starts what the script tag itself asks for. Loading twice is harmless. */
function start(): void {
  const { currentScript } = document;
  // An element of the page with the name "currentScript" would stand there, too.
  const script = currentScript instanceof HTMLScriptElement ? currentScript : null;
  const waiting = window.AuraChatWidget;
  const aura = waiting?.loaded
    ? waiting
    : { loaded: true, init: (options: InitOptions) => init(options, script?.src) };
  window.AuraChatWidget = aura;

  for (const options of waiting?.q ?? []) aura.init(options);
  const own = script?.dataset;
  if (own?.apiBaseUrl != null) aura.init(optionsFromData(own));
}

start();
