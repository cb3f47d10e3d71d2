import { part } from "../kit.ts";

/** Colours for code, loaded with the first block that names its language. */
export const colouring = part(() => import("../highlight/highlight.ts"));

/** The code as coloured nodes; undefined while its colours are not there, or when its language is not known. */
export function colourCode(code: string, language: string): Node[] | undefined {
  colouring.load();
  return colouring.loaded.value?.highlight(code, language);
}
