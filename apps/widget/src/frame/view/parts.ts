import { loadWords } from "../i18n/languages.ts";
import { addWords, languageTag } from "../i18n/words.ts";
import { part } from "./part.ts";

/** A part with the words that are said in it: those of a first open came with the document. */
async function withWords<Module>(fetch: Promise<Module>): Promise<Module> {
  const [module, spoken] = await Promise.all([fetch, loadWords(languageTag())]);
  if (spoken) addWords(spoken.words);
  return module;
}

/** The conversation on screen: questions, answers with their Markdown, sources and tools. */
export const transcriptPart = part(() => withWords(import("../transcript/transcript.tsx")));
/** The visitor's conversations, and what else is not about the one on screen. */
export const menuPart = part(() => withWords(import("../menu/menu.tsx")));
