import { loadWords } from "../i18n/languages.ts";
import { addWords, languageTag } from "../i18n/words.ts";
import { part } from "./part.ts";

/** The conversation on screen: questions, answers with their Markdown, sources and tools. */
export const transcriptPart = part(() => import("../transcript/transcript.tsx"));
/** The visitor's conversations, and what else is not about the one on screen. */
export const menuPart = part(async () => {
  const [menu, spoken] = await Promise.all([import("../menu/menu.tsx"), loadWords(languageTag())]);
  if (spoken) addWords(spoken.words);
  return menu;
});
