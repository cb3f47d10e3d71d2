import { loadAnalyser } from "../retrieval/analyser.ts";
import { detectLanguage } from "../retrieval/detect-language.ts";
import { DEFAULT_LANGUAGE } from "../retrieval/languages.ts";
import { readQuestion } from "../retrieval/question.ts";
import type { ChatModel, ChatModelRequest, ModelPart } from "../turns/ports.ts";
import { withCitation } from "./extractive-citation.ts";
import { chooseQuotes, type Quote } from "./extractive-quotes.ts";

const NAME = "extractive";
const MAX_WORDS = 130;
const GREETING =
  /^(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))(?: there| all| everyone)?[\s!.,:)]*$/i;
const THANKS =
  /^(?:(?:ok(?:ay)?|great|perfect|cool|nice)[\s,!.]*)?(?:thanks|thank you|thx|cheers)(?: (?:a lot|so much|very much|again))?[\s!.,:)]*$/i;

const NO_DOCUMENTS =
  "This assistant has no documents yet, so it cannot answer questions. Its owner can add a folder of documents with `--knowledge DIR` (or `ORCHA_KNOWLEDGE_DIR`), or configure a language model with `ORCHA_MODELS`.";
const NO_ANSWER = "The documents I have hold no answer to that. It may help to ask in other words.";

/** Answers without a language model, by quoting and citing the owner's documents, and says so when they hold no answer. */
export function createExtractiveAnswerer(): ChatModel {
  return {
    name: NAME,
    alwaysRetrieves: true,
    maxCalls: 0,
    async *stream(request, signal): AsyncIterable<ModelPart> {
      for (const text of await answer(request)) {
        signal.throwIfAborted();
        yield { type: "text", text };
      }
      yield {
        type: "finish",
        finishReason: "stop",
        usage: { inputTokens: 0, outputTokens: 0 },
        model: NAME,
      };
    },
  };
}

/** The answer in pieces that belong together. */
async function answer(request: ChatModelRequest): Promise<readonly string[]> {
  const question = request.messages.at(-1)?.text.trim() ?? "";
  if (THANKS.test(question)) return ["You are welcome. Ask me anything else about the documents."];
  if (GREETING.test(question)) {
    return [
      "Hello! ",
      request.corpusIsEmpty
        ? NO_DOCUMENTS
        : "Ask me something, and I will look it up in the documents I have.",
    ];
  }
  if (request.corpusIsEmpty) return [NO_DOCUMENTS];

  const quotes = await findQuotes(question, request);
  if (quotes.length === 0) return [NO_ANSWER];
  return quotes.map((quote, index) => `${index === 0 ? "" : "\n\n"}${withCitation(quote)}`);
}

async function findQuotes(question: string, request: ChatModelRequest): Promise<readonly Quote[]> {
  const contexts = request.contexts ?? [];
  if (contexts.length === 0) return [];
  const language = await detectLanguage(contexts.map(({ text }) => text).join("\n"));
  const asked = await detectLanguage(question, [language, DEFAULT_LANGUAGE]);
  const analyser = await loadAnalyser(language);
  const { words } = readQuestion(
    question,
    request.messages.slice(0, -1),
    await loadAnalyser(asked),
    [analyser],
  );
  return chooseQuotes(words, contexts, analyser, Math.min(MAX_WORDS, request.maxOutputTokens / 2));
}
