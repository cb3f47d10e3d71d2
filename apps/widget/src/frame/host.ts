import { OrchaClientError } from "@orcha/client";
import {
  type FrameMessage,
  type FrameOptions,
  type Hello,
  type LoaderMessage,
  PROTOCOL,
  type Welcome,
} from "../protocol.ts";
import { type ReadonlySignal, signal } from "./state/signal.ts";

/** A page whose function never answers does not keep the visitor waiting for ever. */
const TOKEN_WAIT_MS = 20_000;

/** The page around the frame, as far as the frame may know it. */
export interface Host {
  /** False when the frame's address was opened by itself. */
  readonly isEmbedded: boolean;
  readonly options: ReadonlySignal<FrameOptions>;
  /** Asks the page for its token; another function once the page has another token. Undefined when it gives none. */
  askToken(): (() => Promise<string | undefined>) | undefined;
  close(): void;
  ready(): void;
  /** Called each time the panel opens. */
  onShown(act: () => void): void;
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
  const waiting = new Map<number, (token: string | null | undefined) => void>();
  let lastId = 0;
  const makeAsk = () => async () => {
    const token = await new Promise<string | null | undefined>((resolve) => {
      lastId += 1;
      waiting.set(lastId, resolve);
      post({ type: "token", id: lastId });
      setTimeout(resolve, TOKEN_WAIT_MS, null);
    });
    if (token !== null) return token;
    throw new OrchaClientError("network", "You could not be signed in. Please try again.");
  };
  let ask = makeAsk();
  let shown: () => void = () => undefined;
  const post = (message: FrameMessage) => port.postMessage(message);

  port.onmessage = ({ data }: MessageEvent<LoaderMessage>) => {
    if (data.type === "shown") shown();
    // The policy of this document allows one server only, the one it was opened for.
    else if (data.type === "options") {
      if (data.options.token !== options.value.token) ask = makeAsk();
      options.value = { ...data.options, apiBaseUrl: first.apiBaseUrl };
    } else if (data.type === "token") {
      waiting.get(data.id)?.(data.token);
      waiting.delete(data.id);
    }
  };
  return {
    isEmbedded: true,
    options,
    askToken: () => (options.value.token ? ask : undefined),
    close: () => post({ type: "close" }),
    ready: () => post({ type: "ready" }),
    onShown: (act) => {
      shown = act;
    },
  };
}

function standaloneHost(options: FrameOptions): Host {
  return {
    isEmbedded: false,
    options: signal(options),
    askToken: () => undefined,
    close: () => undefined,
    ready: () => undefined,
    onShown: (act) => act(),
  };
}
