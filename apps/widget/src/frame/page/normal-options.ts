import type { FrameOptions } from "../../protocol.ts";

/** The page's options in the form that the frame reads: attributes of a script tag are texts, whatever they mean. */
export function normalOptions(options: FrameOptions): FrameOptions {
  return { ...options, starters: listOf(options.starters) };
}

/** Starters as a list, as `A|B`, or as JSON where an old library of the page taught arrays to become text. */
function listOf(starters: FrameOptions["starters"]): readonly string[] {
  if (typeof starters !== "string") return (starters ?? []).map(String);
  if (!starters.startsWith("[")) return starters.split("|");
  try {
    return listOf(JSON.parse(starters));
  } catch {
    return [starters];
  }
}
