import type { Page } from "playwright-core";

/** What can be seen of a launcher, which no selector reaches in its closed shadow root. */
export interface LauncherLook {
  readonly name: string | null;
  readonly text: string;
  readonly background: string;
  readonly ink: string;
  readonly opacity: string;
  readonly isShown: boolean;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Looks at the launcher of the first widget on the page. */
export async function launcherLook(page: Page): Promise<LauncherLook> {
  const session = await page.context().newCDPSession(page);
  const { root } = await session.send("DOM.getDocument", { depth: -1, pierce: true });
  const host = findNode(root, (node) => node.localName === "aura-chat");
  const button = host && findNode(host, (node) => node.localName === "button");
  if (!button) throw new Error("There is no launcher.");
  const { object } = await session.send("DOM.resolveNode", { nodeId: button.nodeId });
  const { result } = await session.send("Runtime.callFunctionOn", {
    objectId: object.objectId ?? "",
    functionDeclaration: String(look),
    returnByValue: true,
  });
  await session.detach();
  return result.value;
}

interface Node {
  readonly nodeId: number;
  readonly localName: string;
  readonly children?: readonly Node[];
  readonly shadowRoots?: readonly Node[];
}

function findNode(node: Node, fits: (node: Node) => boolean): Node | undefined {
  if (fits(node)) return node;
  for (const child of [...(node.shadowRoots ?? []), ...(node.children ?? [])]) {
    const found = findNode(child, fits);
    if (found) return found;
  }
  return undefined;
}

/** Runs in the page. */
function look(this: HTMLElement): LauncherLook {
  const { left, top, right, bottom } = this.getBoundingClientRect();
  const style = getComputedStyle(this);
  return {
    name: this.ariaLabel,
    text: this.textContent,
    background: style.backgroundColor,
    ink: style.color,
    opacity: style.opacity,
    isShown: this.checkVisibility({ visibilityProperty: true }),
    left,
    top,
    right,
    bottom,
  };
}
