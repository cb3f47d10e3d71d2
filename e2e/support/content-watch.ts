import type { BrowserContext } from "playwright-core";
import { CANARY } from "../payloads/corpus.mjs";

/** What content has done that it may not do, a line each. */
export interface Findings {
  readonly executions: string[];
  readonly requests: string[];
  readonly violations: string[];
  /** Elements, attributes and links that are not on the list of those that content may become. */
  readonly strays: string[];
  /** Where the widget did not do what it is for any more. */
  readonly broken: string[];
}

export function noFindings(): Findings {
  return { executions: [], requests: [], violations: [], strays: [], broken: [] };
}

const OWN_FILES =
  /^\/(?:widget\/frame|widget\/v1\/aura\.js|widget\/assets\/\w+-\w+\.js|host|api\/v1\/orcha\/(?:chat-v2|visitor|conversations\/\d+\/messages))$/;

/** Watches every page of the context, from before its first script on. */
export async function watchContent(
  context: BrowserContext,
  serverUrl: string,
  findings: Findings,
): Promise<void> {
  const server = new URL(serverUrl).host;
  context.on("dialog", (dialog) => {
    findings.executions.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on("weberror", (error) => findings.executions.push(`error: ${error.error().message}`));
  context.on("console", (message) => {
    // The browser itself asks for it, where a page is opened by its own address.
    if (message.location().url.endsWith("/favicon.ico")) return;
    findings.executions.push(`console: ${message.text()} ${message.location().url}`);
  });
  context.on("request", (request) => {
    const url = new URL(request.url());
    const isOwn = url.host === server && OWN_FILES.test(url.pathname);
    if (!isOwn || url.href.includes(CANARY)) findings.requests.push(url.href);
  });
  await context.exposeBinding("contentFound", (_, kind: keyof Findings, what: string) =>
    findings[kind].push(what),
  );
  await context.addInitScript(watchDocument);
}

/** Runs in each document, and in the frame's reports what the policy stopped, a script's mark, and every node at the moment it comes. */
function watchDocument(): void {
  const inProse =
    /^(?:P|H[1-6]|UL|OL|LI|BLOCKQUOTE|DIV|PRE|CODE|TABLE|THEAD|TBODY|TR|TH|TD|HR|BR|EM|STRONG|S|SPAN|MARK|A|BUTTON)$/;
  const anywhere =
    /^(?:HTML|HEAD|TITLE|META|BODY|MAIN|HEADER|SECTION|ARTICLE|FOOTER|TEXTAREA|FORM|LABEL|SMALL|B|I|svg|path|AURA-CHAT)$/;
  const attributes =
    /^(?:class|dir|href|title|target|rel|type|start|role|tabindex|aria-label|data-source)$/;
  const report = (kind: string, what: string) => Reflect.get(window, "contentFound")(kind, what);

  window.addEventListener("securitypolicyviolation", (event) =>
    report("violations", `${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`),
  );
  Object.defineProperty(window, "__pwned", {
    set: (by: unknown) => report("executions", `__pwned by ${String(by)}`),
  });

  const isSafeLink = (link: HTMLAnchorElement) => {
    const { protocol, host, pathname } = new URL(link.href);
    const place = protocol === "mailto:" ? pathname : host;
    return (
      /^(?:https?|mailto):$/.test(protocol) &&
      link.title === place &&
      link.target === "_blank" &&
      ["noopener", "noreferrer"].every((word) => link.relList.contains(word))
    );
  };
  const look = (element: Element) => {
    const isContent = element.closest(".prose > *") !== null;
    const isKnown =
      inProse.test(element.nodeName) || (!isContent && anywhere.test(element.nodeName));
    const isOwn =
      document.currentScript === null && element.matches("script[nonce], script#config");
    const strange = isContent
      ? element.getAttributeNames().filter((name) => !attributes.test(name))
      : element.getAttributeNames().filter((name) => /^on|^srcdoc$|^ping$/.test(name));
    const isBadLink = element instanceof HTMLAnchorElement && !isSafeLink(element);
    if ((isKnown || isOwn) && strange.length === 0 && !isBadLink) return;
    report("strays", element.outerHTML.slice(0, 300));
  };
  if (location.pathname !== "/widget/frame") return;
  new MutationObserver((changes) => {
    for (const { target, addedNodes, type } of changes) {
      if (type === "attributes" && target instanceof Element) look(target);
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        look(node);
        for (const inner of node.querySelectorAll("*")) look(inner);
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true });
}
