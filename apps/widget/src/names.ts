import type { AuraEventName, InitOptions } from "./surface.ts";

/** What each event is called where names have no colon, as in a framework's own events. */
export const EVENT_KEYS = {
  ready: "ready",
  open: "open",
  close: "close",
  "conversation:change": "conversationChange",
  "message:sent": "messageSent",
  "message:received": "messageReceived",
  "response:start": "responseStart",
  "response:end": "responseEnd",
  "response:stop": "responseStop",
  unread: "unread",
  feedback: "feedback",
  "citation:click": "citationClick",
  error: "error",
} as const satisfies Readonly<Record<AuraEventName, string>>;

/** Every event, for who passes them all on. */
export const EVENT_NAMES: readonly AuraEventName[] = Object.keys(EVENT_KEYS).filter(isEventName);

function isEventName(name: string): name is AuraEventName {
  return name in EVENT_KEYS;
}

const OPTIONS: Readonly<Record<keyof InitOptions, true>> = {
  apiBaseUrl: true,
  authToken: true,
  tenantId: true,
  userId: true,
  useRag: true,
  id: true,
  mode: true,
  target: true,
  launcher: true,
  position: true,
  theme: true,
  colorScheme: true,
  locale: true,
  strings: true,
  header: true,
  greeting: true,
  starters: true,
  composer: true,
  history: true,
  disclaimer: true,
  consent: true,
  context: true,
  events: true,
};

/** Every option, for who takes them as properties or attributes. */
export const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

/** The options among an object's properties, each of them named: one that is absent takes its default again in an `update`. */
export function optionsIn(properties: InitOptions): InitOptions {
  const given: Readonly<Record<string, unknown>> = { ...properties };
  const options = Object.fromEntries(OPTION_NAMES.map((name) => [name, given[name]]));
  return options as Record<keyof InitOptions, unknown> as InitOptions; // the same values under the same names
}
