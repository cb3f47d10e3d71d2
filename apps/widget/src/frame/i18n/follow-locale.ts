import type { FrameOptions } from "../../protocol.ts";
import type { FrameConfig } from "../config.ts";
import { type ReadonlySignal, signal } from "../state/signal.ts";
import { directionOf, loadWords } from "./languages.ts";
import { setWords, type Words } from "./words.ts";

/**
 * Speaks the language that came with the frame, and then the one that the page changes to. The signal changes whenever
 * something else is to be said.
 */
export function followLocale(
  options: ReadonlySignal<FrameOptions>,
  config: FrameConfig,
): ReadonlySignal<number> {
  const changes = signal(0);
  const came = { tag: config.lang ?? "en", words: config.words ?? {} };
  let spoken: { readonly tag: string; readonly words: Partial<Words> } = came;
  let wanted = options.value.locale;

  const speak = () => {
    setWords(spoken.words, spoken.tag, options.value.strings);
    document.documentElement.lang = spoken.tag;
    document.documentElement.dir = directionOf(spoken.tag);
    changes.value += 1;
  };
  const follow = async () => {
    const { locale } = options.value;
    if (locale !== wanted) {
      wanted = locale;
      // What cannot be loaded, or is not there, leaves the language that is spoken.
      const next = await loadWords(locale ?? came.tag).catch(() => undefined);
      if (wanted !== locale) return;
      spoken = next ?? spoken;
    }
    speak();
  };
  options.subscribe(() => void follow());
  speak();
  return changes;
}
