import { type AuraInstance, createInstance } from "./instance.ts";
import { type InitOptions, optionsFromData } from "./options.ts";

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
  const script = currentScript && "src" in currentScript ? currentScript : undefined;
  const waiting = window.AuraChatWidget;
  if (!waiting?.loaded) window.AuraChatWidget = createGlobal(script?.src);

  const queue = Array.isArray(waiting?.q) ? waiting.q : [];
  const own = script && optionsFromData(script.dataset);
  for (const options of own ? [...queue, own] : queue) window.AuraChatWidget?.init(options);
}

function createGlobal(scriptUrl: string | undefined): AuraGlobal {
  const instances = new Map<string, AuraInstance>();
  return {
    loaded: true,
    init(options) {
      // A mistake in the options must not break the page that embeds the widget.
      try {
        const id = options.id || "default";
        const existing = instances.get(id);
        if (existing) {
          existing.update(options);
          return existing;
        }
        const instance = createInstance(options, scriptUrl, () => instances.delete(id));
        instances.set(id, instance);
        return instance;
      } catch (error) {
        console.error("[aura] init", error);
        return undefined;
      }
    },
  };
}

start();
