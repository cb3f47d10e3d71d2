import type { FrameOptions } from "../../protocol.ts";
import type { FrameConfig } from "../config.ts";
import { type ReadonlySignal, signal } from "../state/signal.ts";
import { directionOf, loadWords } from "./languages.ts";
import { setOwnWords, setWords, type Words } from "./words.ts";

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
  let wanted = options.value.locale;

  const speak = (tag: string, words: Partial<Words>) => {
    setWords(words, tag);
    document.documentElement.lang = tag;
    document.documentElement.dir = directionOf(tag);
    changes.value += 1;
  };
  const follow = async () => {
    const { locale, strings } = options.value;
    setOwnWords(strings);
    if (locale === wanted) return;
    wanted = locale;
    // What cannot be loaded, or is not there, leaves the language that is spoken.
    const next = await loadWords(locale ?? came.tag).catch(() => undefined);
    if (next && wanted === locale) speak(next.tag, next.words);
  };
  options.subscribe(() => void follow());
  setOwnWords(options.value.strings);
  speak(came.tag, came.words);
  return changes;
}
