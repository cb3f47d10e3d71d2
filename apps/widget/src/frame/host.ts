import { OrchaClientError } from "@orcha/client";
import type { Call, ColorScheme, FrameMessage, FrameOptions, LoaderMessage } from "../protocol.ts";
import { createLook } from "./look.ts";
import { type ReadonlySignal, signal } from "./state/signal.ts";

/** A page whose function never answers does not keep the visitor waiting for ever. */
const TOKEN_WAIT_MS = 20_000;

/** The page around the frame, as far as the frame may know it. */
export interface Host {
  /** False when the frame's address was opened by itself. */
  readonly isEmbedded: boolean;
  readonly options: ReadonlySignal<OwnOptions>;
  /** Asks the page for its token; another function once the page has another token. Undefined when it gives none. */
  askToken(): (() => Promise<string | undefined>) | undefined;
  close(): void;
  ready(): void;
  /** Called each time the panel opens. */
  onShown(act: () => void): void;
  /** Called when the page has the frame do something. */
  onCall(act: (name: Call, text: string) => void): void;
}

/** The frame's options with what they leave open decided. */
export type OwnOptions = Omit<FrameOptions, "colorScheme" | "starters"> & {
  readonly colorScheme: ColorScheme;
  readonly starters?: readonly string[] | undefined;
};

const darkPage = () => matchMedia("(prefers-color-scheme: dark)");

/** Greets the parent window and resolves once it has answered; alone, with the options of the frame's own address. */
export async function connectHost(address: URL): Promise<Host> {
  const own = decide({
    apiBaseUrl: address.searchParams.get("api") ?? "",
    tenantId: address.searchParams.get("tenant_id") || undefined,
    token: 0,
  });
  if (window.parent === window) return standaloneHost(own);
  return embeddedHost(own, await greet(address.hash.slice(1)));
}

function decide(options: FrameOptions): OwnOptions {
  const { colorScheme, starters } = options;
  return {
    ...options,
    apiBaseUrl: options.apiBaseUrl.replace(/\/$/, ""),
    colorScheme:
      colorScheme === "dark" || (colorScheme !== "light" && darkPage().matches) ? "dark" : "light",
    starters:
      typeof starters !== "string"
        ? starters
        : starters.startsWith("[")
          ? JSON.parse(starters)
          : starters.split("|"),
  };
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

function embeddedHost(own: OwnOptions, port: MessagePort): Promise<Host> {
  return new Promise((resolve) => {
    const options = signal(own);
    const waiting = new Map<number, (token: unknown) => void>();
    let lastId = 0;
    let isOpen = false;
    let isKnown = false;
    const makeAsk = () => async () => {
      const token = await new Promise<unknown>((answered) => {
        lastId += 1;
        waiting.set(lastId, answered);
        post({ type: "ask", id: lastId, name: "token" });
        setTimeout(answered, TOKEN_WAIT_MS, null);
      });
      if (token === null) {
        throw new OrchaClientError("network", "You could not be signed in. Please try again.");
      }
      if (typeof token !== "string" || token === "") return undefined;
      if (!token.startsWith("orcha_sk_")) return token;
      console.error("[aura] authToken: secret API key");
      return undefined;
    };
    let ask = makeAsk();
    let shown: () => void = () => undefined;
    let called: (name: Call, text: string) => void = () => undefined;
    const post = (message: FrameMessage) => port.postMessage(message);
    const look = () =>
      post(
        createLook(options.value, {
          scheme: options.value.colorScheme,
          accent: options.value.colorScheme === "dark" ? "#6fd6c6" : "#0d6b62",
          ink: options.value.colorScheme === "dark" ? "#06231f" : "#fff",
          paper: options.value.colorScheme === "dark" ? "#131318" : "#fff",
          unread: 0,
          name: options.value.header?.title || "Chat",
        }),
      );
    const host: Host = {
      isEmbedded: true,
      options,
      askToken: () => (options.value.token ? ask : undefined),
      close: () => post({ type: "close" }),
      ready: () => {
        look();
        post({ type: "event", name: "ready", detail: {} });
        if (isOpen) shown();
      },
      onShown: (act) => {
        shown = () => {
          act();
          // The word comes before the frame is rendered, when nothing in it takes the focus yet.
          requestAnimationFrame(act);
        };
      },
      onCall: (act) => {
        called = act;
      },
    };

    port.onmessage = ({ data }: MessageEvent<LoaderMessage>) => {
      if (data.type === "state") {
        const next = decide(JSON.parse(data.options));
        if (next.token !== options.value.token) ask = makeAsk();
        // The policy of this document allows one server only, the one it was opened for.
        options.value = { ...next, apiBaseUrl: own.apiBaseUrl };
        if (isKnown) look();
        if (isKnown && data.open && !isOpen) shown();
        isOpen = data.open;
        isKnown = true;
        resolve(host);
      } else if (data.type === "reply") {
        waiting.get(data.id)?.(data.detail);
        waiting.delete(data.id);
      } else if (data.type === "call") {
        called(data.name, data.text);
      }
    };
    darkPage().addEventListener("change", look);
  });
}

function standaloneHost(options: OwnOptions): Host {
  return {
    isEmbedded: false,
    options: signal(options),
    askToken: () => undefined,
    close: () => undefined,
    ready: () => undefined,
    onShown: (act) => act(),
    onCall: () => undefined,
  };
}
