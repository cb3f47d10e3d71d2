import { afterEach, describe, expect, it, vi } from "vitest";
import { openTabs } from "./tabs.ts";

afterEach(() => void vi.unstubAllGlobals());

describe("the line between tabs", () => {
  it("reaches the tabs of the same widget and not oneself", () => {
    const channels = stubChannels();
    const heard: string[] = [];
    const [one, two, other] = [openTabs("a"), openTabs("a"), openTabs("b")];
    one.onTold((conversation) => heard.push(`one ${conversation}`));
    two.onTold((conversation) => heard.push(`two ${conversation}`));
    other.onTold((conversation) => heard.push(`other ${conversation}`));
    one.tell(12);
    expect(heard).toEqual(["two 12"]);
    expect(channels).toHaveLength(3);
  });

  it("is silent where the browser has none or refuses it", () => {
    const refusing = () => {
      throw new Error("SecurityError");
    };
    for (const kind of [undefined, refusing]) {
      vi.stubGlobal("BroadcastChannel", kind);
      const tabs = openTabs("a");
      tabs.onTold(() => undefined);
      expect(() => tabs.tell(12)).not.toThrow();
    }
  });
});

/** Channels that deliver at once. */
function stubChannels() {
  const channels: { name: string; onmessage?: (event: { data: unknown }) => void }[] = [];
  class Channel {
    onmessage?: (event: { data: unknown }) => void;
    constructor(readonly name: string) {
      channels.push(this);
    }
    postMessage(data: unknown) {
      for (const channel of channels) {
        if (channel !== this && channel.name === this.name) channel.onmessage?.({ data });
      }
    }
  }
  vi.stubGlobal("BroadcastChannel", Channel);
  return channels;
}
