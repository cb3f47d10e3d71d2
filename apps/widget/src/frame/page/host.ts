import { OrchaClientError, type PageContext } from "@orcha/client";
import type { Call, FrameMessage, FrameOptions, LoaderMessage, Question } from "../../protocol.ts";
import type { AuraEventName, AuraEvents } from "../../surface.ts";
import { sayOwnError } from "../i18n/words.ts";
import { type ReadonlySignal, signal } from "../state/signal.ts";
import { normalOptions } from "./normal-options.ts";
import { pageContext } from "./page-context.ts";

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
  /** Dresses the launcher and the panel. */
  look(look: FrameMessage): void;
  /** From here on the page is heard; what it said before comes first. */
  start(act: (call: Call, text: string) => void): void;
}

/** Greets the parent window and resolves once it has told its options; alone, with those of the frame's own address. */
export async function connectHost(address: URL): Promise<Host> {
  const own: FrameOptions = {
    apiBaseUrl: (address.searchParams.get("api") ?? "").replace(/\/+$/, ""),
    tenantId: address.searchParams.get("tenant_id") || undefined,
    token: 0,
  };
  if (window.parent === window) return standaloneHost(own);

  const port = await greet(address.hash.slice(1));
  return embeddedHost(own, port);
}

/** The nonce names nobody and holds no secret, so any parent may read it; only the parent's own answer counts. */
function greet(nonce: string): Promise<MessagePort> {
  return new Promise((resolve) => {
    const listen = ({ source, data, ports }: MessageEvent<unknown>) => {
      const [port] = ports;
      if (source !== window.parent || data !== nonce || !port) return;
      window.removeEventListener("message", listen);
      resolve(port);
    };
    window.addEventListener("message", listen);
    window.parent.postMessage(nonce, "*");
  });
}

/** Resolves with the page's first options, which it says before everything else. */
function embeddedHost(own: FrameOptions, port: MessagePort): Promise<Host> {
  // The policy of this document allows one server only, the one it was opened for.
  const read = (options: string): FrameOptions => ({
    ...normalOptions(JSON.parse(options)),
    apiBaseUrl: own.apiBaseUrl,
    tenantId: own.tenantId,
  });
  const options = signal(own);
  const shown = signal(false);
  const waiting = new Map<number, (value: unknown) => void>();
  let known = "";
  let lastId = 0;
  const post = (message: FrameMessage) => port.postMessage(message);
  /** Null when the page cannot tell. */
  const ask = (name: Question) =>
    new Promise<unknown>((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      post({ type: "ask", id: lastId, name });
      setTimeout(resolve, ANSWER_WAIT_MS, null);
    });
  const makeAskToken = () => async () => {
    const token = await ask("token");
    if (token === null) throw new OrchaClientError("network", sayOwnError("not_signed_in"));
    return usableToken(token);
  };
  let askToken = makeAskToken();
  const calls: [Call, string][] = [];
  let act = (call: Call, text: string): void => void calls.push([call, text]);

  const host: Host = {
    isEmbedded: true,
    options,
    shown,
    askToken: () => (options.value.token ? askToken : undefined),
    askContext: async () => pageContext(options.value.context, () => ask("page")),
    close: () => post({ type: "close" }),
    emit: (name, detail) => post({ type: "event", name, detail }),
    look: post,
    start(next) {
      act = next;
      for (const [call, text] of calls) act(call, text);
    },
  };
  return new Promise((resolve) => {
    port.onmessage = ({ data }: MessageEvent<LoaderMessage>) => {
      if (data.type === "call") act(data.name, data.text);
      else if (data.type === "state") {
        // Opening the panel tells the same options once more: nothing is drawn anew for that.
        if (data.options !== known) {
          known = data.options;
          const next = read(known);
          if (next.token !== options.value.token) askToken = makeAskToken();
          options.value = next;
        }
        const { mode } = options.value;
        shown.value = data.open || mode === "inline" || mode === "page";
        resolve(host);
      } else {
        waiting.get(data.id)?.(data.detail);
        waiting.delete(data.id);
      }
    };
  });
}

/** A server's secret key is refused: whoever opens the page could read it. */
function usableToken(token: unknown): string | undefined {
  if (typeof token !== "string") return undefined;
  if (!token.startsWith("orcha_sk_")) return token;
  console.error("[aura] authToken", "secret API key");
  return undefined;
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
    look: nothing,
    start: nothing,
  };
}
