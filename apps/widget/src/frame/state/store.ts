/** What the frame remembers: the conversation for this tab, the visitor secret for this browser. */
export interface Store {
  conversation(): string | undefined;
  setConversation(id: number | undefined): void;
  visitor(): string | undefined;
  setVisitor(secret: string): void;
}

type Area = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Storage of one widget, keyed by server, tenant and user; what a browser refuses to keep stays in memory. */
export function createStore(
  scope: {
    readonly api: string;
    readonly tenantId?: string | null | undefined;
    readonly userId?: number | string | null | undefined;
  },
  areas: { readonly tab: Area | undefined; readonly browser: Area | undefined },
): Store {
  const suffix = JSON.stringify([scope.api, scope.tenantId ?? "", `${scope.userId ?? ""}`]);
  const conversation = createSlot(areas.tab, `aura:conversation:${suffix}`);
  const visitor = createSlot(areas.browser, `aura:visitor:${suffix}`);
  return {
    conversation: conversation.get,
    setConversation: (id) => conversation.set(id === undefined ? undefined : String(id)),
    visitor: visitor.get,
    setVisitor: visitor.set,
  };
}

/** The browser's storage; undefined where cookies are blocked, which throws on mere access. */
export function findStorage(name: "sessionStorage" | "localStorage"): Storage | undefined {
  try {
    return window[name];
  } catch {
    return undefined;
  }
}

function createSlot(area: Area | undefined, key: string) {
  let inMemory: string | undefined;
  return {
    get(): string | undefined {
      try {
        return area?.getItem(key) ?? inMemory;
      } catch {
        return inMemory;
      }
    },
    set(value: string | undefined): void {
      inMemory = value;
      try {
        if (value === undefined) area?.removeItem(key);
        else area?.setItem(key, value);
      } catch {
        // Full or blocked: memory has to do until the page is closed.
      }
    },
  };
}
