import {
  createIdempotencyKey,
  listMessages,
  requestVisitor,
  resumeOrchaTurn,
  stopOrchaTurn,
  streamOrchaMessage,
} from "@orcha/client";
import { render } from "preact";
import { connectHost } from "./host.ts";
import { createAnnouncer } from "./state/announcer.ts";
import { createChat } from "./state/chat.ts";
import { createStore, findStorage, scopeName } from "./state/store.ts";
import { openTabs } from "./state/tabs.ts";
import css from "./style.css";
import { App } from "./view/app.tsx";

/** Composition of the frame: the host page, what is remembered, the chat, the view. */
async function start(): Promise<void> {
  const host = await connectHost(new URL(location.href));
  const { apiBaseUrl, tenantId, userId } = host.options.value;
  const scope = scopeName(apiBaseUrl, tenantId, userId);
  const announcer = createAnnouncer();
  const tabs = openTabs(scope);
  const chat = createChat({
    stream: streamOrchaMessage,
    resume: resumeOrchaTurn,
    stop: stopOrchaTurn,
    createKey: createIdempotencyKey,
    listMessages,
    requestVisitor,
    tellTabs: tabs.tell,
    token: host.token,
    options: () => host.options.value,
    store: createStore(scope, {
      tab: findStorage("sessionStorage"),
      browser: findStorage("localStorage"),
    }),
    announcer,
  });
  tabs.onTold((conversation) => {
    // A hidden tab need not follow along: it looks when it is shown.
    if (!document.hidden) chat.moved(conversation);
  });
  window.addEventListener("online", chat.wake);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) chat.wake();
  });
  // An adopted sheet needs no permission for styles, and comes with the script in one piece.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];

  void chat.restore();
  render(<App host={host} chat={chat} announcer={announcer} />, document.body);
}

void start();
