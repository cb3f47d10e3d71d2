import {
  claimsOf,
  createIdempotencyKey,
  listMessages,
  readToken,
  requestVisitor,
  resetVisitor,
  resumeOrchaTurn,
  stopOrchaTurn,
  streamOrchaMessage,
} from "@orcha/client";
import { render } from "preact";
import { readConfig } from "./config.ts";
import { connectHost, type Host } from "./host.ts";
import { createAnnouncer } from "./state/announcer.ts";
import { createChat } from "./state/chat.ts";
import { createStore, findStorage, scopeName } from "./state/store.ts";
import { openTabs } from "./state/tabs.ts";
import css from "./style.css";
import { App } from "./view/app.tsx";

/** Composition of the frame: the host page, what is remembered, the chat, the view. */
async function start(): Promise<void> {
  const host = await connectHost(new URL(location.href));
  const config = readConfig();
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
    resetVisitor,
    tellTabs: tabs.tell,
    authToken: host.askToken,
    signedInAs: async () => {
      const token = await readToken(host.askToken());
      return token && `${claimsOf(token).sub ?? ""}`;
    },
    requiresSignIn: config.identity === "required",
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
  host.onCall((name, text) => {
    if (name === "sendMessage") chat.send(text);
    else if (name === "newConversation") chat.newConversation();
  });
  let visitor = visitorOf(host);
  host.options.subscribe(() => {
    if (visitor === visitorOf(host)) return;
    visitor = visitorOf(host);
    void chat.identify();
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
  render(<App host={host} config={config} chat={chat} announcer={announcer} />, document.body);
}

/** What tells one visitor from another, as far as the options say. */
function visitorOf({ options: { value } }: Host): string {
  return JSON.stringify([value.tenantId, value.userId, value.token]);
}

void start();
