import type { ColorScheme } from "../protocol.ts";

/** What the tenant decided about its widget; the server puts it into the frame's document. */
export interface FrameConfig {
  readonly name?: string;
  /** `required`: only those who are signed in may chat. */
  readonly identity?: string;
  /** Custom properties of style.css for each scheme; null leaves the widget's own. */
  readonly accent?: Readonly<Record<ColorScheme, Readonly<Record<string, string>>>> | null;
}

/** Reads the tenant's decisions; none of them is needed. */
export function readConfig(): FrameConfig {
  try {
    return JSON.parse(document.getElementById("config")?.textContent ?? "{}");
  } catch {
    return {};
  }
}
