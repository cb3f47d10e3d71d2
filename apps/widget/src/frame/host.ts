import { OrchaClientError, type PageContext } from "@orcha/client";
import {
  type Call,
  type FrameMessage,
  type FrameOptions,
  type Hello,
  type LoaderMessage,
  PROTOCOL,
  type Question,
  type Welcome,
} from "../protocol.ts";
import type { AuraEventName, AuraEvents } from "../surface.ts";
import { sayOwnError } from "./i18n/words.ts";
import { type ReadonlySignal, signal } from "./state/signal.ts";

/** A page whose function never answers does not keep the visitor waiting for ever. */
const ANSWER_WAIT_MS = 20_000;

/** The page around the frame, as far as the frame may know it. */
export interface Host {
  /** False when the frame's address was opened by itself. */
  readonly isEmbedded: boolean;
  readonly options: ReadonlySignal<FrameOptions>;
  /** Whether the visitor can see the chat. */
  readonly shown: ReadonlySignal<boolean>;
  /** Asks the page for its token; another function once the page has another token. Undefined when it gives none. */
  askToken(): (() => Promise<string | undefined>) | undefined;
  /** What the page wants the model to know of it at this moment. */
  askContext(): Promise<PageContext | undefined>;
  close(): void;
  /** Tells the page's listeners. */
  emit<Name extends AuraEventName>(name: Name, detail: AuraEvents[Name]): void;
  /** Gives the launcher its colours. */
  paint(accent: string, ink: string): void;
  /** From here on the page is heard; what it said before comes first. */
  start(act: (call: Call, text: string) => void): void;
}

/** Greets the parent window and resolves once it has answered; alone, with the options of the frame's own address. */
export async function connectHost(address: URL): Promise<Host> {
  const [nonce = "", scheme] = address.hash.slice(1).split(".");
  const own = ownOptions(address, scheme);
  if (window.parent === window) return standaloneHost(own);

  const { options, port } = await greet(nonce);
  return embeddedHost({ ...options, apiBaseUrl: own.apiBaseUrl }, port);
}

function ownOptions(address: URL, scheme: string | undefined): FrameOptions {
  const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  return {
    apiBaseUrl: address.searchParams.get("api") ?? "",
    tenantId: address.searchParams.get("tenant_id") ?? undefined,
    token: 0,
    colorScheme: scheme === "dark" || (scheme !== "light" && prefersDark) ? "dark" : "light",
  };
}

/** The hello names nobody and holds no secret, so any parent may read it; only the parent's own answer counts. */
function greet(nonce: string): Promise<{ options: FrameOptions; port: MessagePort }> {
  return new Promise((resolve) => {
    const listen = ({ source, data, ports }: MessageEvent<Welcome | undefined>) => {
      const [port] = ports;
      if (source !== window.parent || data?.aura !== "welcome" || data.nonce !== nonce || !port)
        return;
      window.removeEventListener("message", listen);
      resolve({ options: data.options, port });
    };
    window.addEventListener("message", listen);
    const hello: Hello = { aura: "hello", protocol: PROTOCOL, nonce };
    window.parent.postMessage(hello, "*");
  });
}

function embeddedHost(first: FrameOptions, port: MessagePort): Host {
  const options = signal(first);
  const shown = signal(false);
  const waiting = new Map<number, (value: unknown) => void>();
  let lastId = 0;
  const post = (message: FrameMessage) => port.postMessage(message);
  /** Null when the page cannot tell. */
  const ask = (what: Question) =>
    new Promise<unknown>((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      post({ type: "ask", id: lastId, what });
      setTimeout(resolve, ANSWER_WAIT_MS, null);
    });
  const makeAskToken = () => async () => {
    const token = await ask("token");
    if (token === null) throw new OrchaClientError("network", sayOwnError("not_signed_in"));
    return typeof token === "string" ? token : undefined;
  };
  let askToken = makeAskToken();

  return {
    isEmbedded: true,
    options,
    shown,
    askToken: () => (options.value.token ? askToken : undefined),
    async askContext() {
      const context = options.value.context ? await ask("context") : undefined;
      return isObject(context) ? context : undefined;
    },
    close: () => post({ type: "close" }),
    emit: (name, detail) => post({ type: "event", name, detail }),
    paint: (accent, ink) => post({ type: "paint", accent, ink }),
    start(act) {
      port.onmessage = ({ data }: MessageEvent<LoaderMessage>) => {
        if (data.type === "shown") shown.value = data.shown;
        else if (data.type === "call") act(data.name, `${data.text ?? ""}`);
        // The policy of this document allows one server only, the one it was opened for.
        else if (data.type === "options") {
          if (data.options.token !== options.value.token) askToken = makeAskToken();
          options.value = { ...data.options, apiBaseUrl: first.apiBaseUrl };
        } else {
          waiting.get(data.id)?.(data.value);
          waiting.delete(data.id);
        }
      };
    },
  };
}

function isObject(value: unknown): value is PageContext {
  return typeof value === "object" && value !== null;
}

function standaloneHost(options: FrameOptions): Host {
  const nothing = () => undefined;
  return {
    isEmbedded: false,
    options: signal(options),
    shown: signal(true),
    askToken: nothing,
    askContext: async () => undefined,
    close: nothing,
    emit: nothing,
    paint: nothing,
    start: nothing,
  };
}
