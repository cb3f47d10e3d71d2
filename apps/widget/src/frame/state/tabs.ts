/** The same widget in the other tabs of this browser. */
export interface Tabs {
  /** Says that something was asked in a conversation; who shows it looks for itself. */
  tell(conversation: number): void;
  onTold(act: (conversation: string) => void): void;
}

/** Opens the line between the tabs; silent where the browser has none or refuses it. */
export function openTabs(scope: string): Tabs {
  let channel: BroadcastChannel | undefined;
  try {
    channel = new BroadcastChannel(`aura:${scope}`);
  } catch {
    // An old browser, or one that keeps nothing: each tab is by itself then.
  }
  return {
    tell: (conversation) => channel?.postMessage(conversation),
    onTold(act) {
      if (channel) channel.onmessage = ({ data }) => act(`${data}`);
    },
  };
}
