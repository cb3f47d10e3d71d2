import { type Call, FRAME_PATH, type FrameMessage } from "../protocol.ts";
import type { AuraInstance, InitOptions, Theme } from "../surface.ts";
import { openChannel } from "./channel.ts";
import { createFrame, createHost } from "./host.ts";
import { createSurface } from "./instance-surface.ts";
import { drawLauncher, listenToLauncher } from "./launcher.ts";
import { answer, askedBy, complain, findPlace, followViewport, frameOptions } from "./page.ts";

/** Takes every kind of event; who listens knows which one comes. */
type Handler = { handle(event: Event): void }["handle"];

/** Makes a widget, which `update` with its first options puts on the page. */
export function createInstance(
  id: string,
  scriptUrl: string | undefined,
  onDestroy: () => void,
): AuraInstance {
  const launcher = document.createElement("button");
  const panel = document.createElement("div");
  const [host, shadow, restyle] = createHost(launcher, panel);
  const ending = new AbortController();
  // No address at all, so that one has to be named.
  let options: InitOptions = { apiBaseUrl: "//:" };
  let frame: HTMLIFrameElement | undefined;
  /** The frame once its document is there: the focus given to an empty one gets lost on the way. */
  let ready: HTMLIFrameElement | undefined;
  let api = "";
  let language = "";
  let isOpen = false;
  let name: string | undefined;
  let tokens = 1;
  let returns = 0;

  const listen = (type: string, handler: Handler, target: EventTarget = window) =>
    target.addEventListener(type, handler, { signal: ending.signal, capture: true });
  const emit = (name: string, detail?: object) =>
    host.dispatchEvent(
      new CustomEvent(`aura:${name}`, { bubbles: true, composed: true, detail: { ...detail, id } }),
    );
  /** Shows launcher and frame how things are. */
  const sync = () => {
    drawLauncher(launcher, options, language, isOpen, name);
    send({ type: "state", open: isOpen, options: frameOptions(options, tokens) });
  };
  const [nonce, hear, send, restart] = openChannel(
    () => frame,
    sync,
    (joined) => {
      ready = joined;
      show(isOpen);
    },
    async (message: FrameMessage) => {
      if (message.type === "close") show(false);
      else if (message.type === "event") emit(message.name, message.detail);
      else if (message.type === "ask") {
        const detail = await answer(message.name, options).catch(complain);
        send({ type: "reply", id: message.id, detail });
      } else {
        restyle(message.css);
        name = message.name;
        sync();
      }
    },
  );

  const prepare = () => {
    if (frame || !api) return;
    const query = new URLSearchParams({ api, lang: language, tenant_id: options.tenantId ?? "" });
    const url = `${new URL(FRAME_PATH, scriptUrl ?? `${api}widget/v1/`)}?${query}#${nonce}`;
    frame = createFrame(`${launcher.ariaLabel}`, url);
    panel.append(frame);
  };
  const show = (open = !isOpen) => {
    if (open) prepare();
    const next = open ? ready : shadow.activeElement && launcher;
    if (isOpen !== open) {
      isOpen = open;
      sync();
      emit(open ? "open" : "close");
    }
    next?.focus();
  };
  const call = (name: Call) => (text?: string) => {
    prepare();
    send({ type: "call", name, text: `${text ?? ""}` });
  };
  const click = (event: Event) => {
    const text = askedBy(event, id);
    if (text != null) show(true);
    if (text) call("sendMessage")(text);
  };
  const update = (changes: Partial<InitOptions>) => {
    if (ending.signal.aborted) return;
    try {
      const before = options;
      const beforeApi = api;
      const next = { ...options, ...changes };
      const { mode = "bubble", theme } = next;
      const place = findPlace(next);
      api = new URL(next.apiBaseUrl.replace(/\/*$/, "/"), location.href).href;
      options = next;
      language = next.locale || document.documentElement.lang;
      if (next.authToken !== before.authToken) tokens += 1;
      for (const name in theme)
        host.style.setProperty(`--aura-${name}`, `${theme[name as keyof Theme] ?? ""}`);
      if (place !== host.parentNode || api !== beforeApi || next.tenantId !== before.tenantId) {
        frame?.remove();
        place?.append(host);
        for (const node of [document, document.documentElement, place ?? document])
          watcher.observe(node, { childList: true });
        restart();
        if (frame) {
          frame = undefined;
          prepare();
        }
      }
      sync();
      // A page that writes its document anew takes all listeners of what was in it.
      listenToLauncher(launcher, show, prepare);
      listen("message", hear);
      listen("click", click);
      listen("readystatechange", refresh);
      if (mode !== "bubble") prepare();
      else if (document.readyState === "complete" && !navigator.connection?.saveData)
        (window.requestIdleCallback ?? setTimeout)(prepare);
    } catch (error) {
      complain(error);
    }
  };
  const refresh = () => update({});
  const watcher = new MutationObserver(() => {
    // A page that throws it out again and again is given in to.
    if (!host.isConnected && returns++ < 9 + performance.now() / 1e4) refresh();
  });
  followViewport(panel, listen);
  return createSurface(host, show, call, update, () => {
    ending.abort();
    watcher.disconnect();
    host.remove();
    onDestroy();
  });
}
