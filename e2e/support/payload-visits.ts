import type { Message, Context as Passage } from "@orcha/contract";
import type { BrowserContext, Frame } from "playwright-core";
import type { Payload } from "../payloads/corpus.mjs";
import { openChat } from "./browser.ts";
import { behind, DOORS } from "./content-doors.ts";
import { applyOptions, askAll, touchAll } from "./content-visitor.ts";
import { partsOf } from "./parts-of.ts";
import { passage, type Reply, type ScriptedServer } from "./scripted-server.ts";

const MAX_QUESTION = 7_000;
const PER_GROUP = 8;
const PER_CONVERSATION = 16;
/** About so many pieces make an answer; their odd length cuts words, tags and addresses anywhere. */
const PIECES = 6;
/** The browser draws in between. */
const PIECE_EVERY_MS = 6;
/** The links of more answers are like those of these. */
const HOVERED = 12;

/** Puts some payloads through some doors. */
export type Visit = (
  context: BrowserContext,
  server: ScriptedServer,
  payloads: readonly Payload[],
) => Promise<void>;

/** On somebody's page: through the options of init, then through questions with answers, then through failures. */
export const visitHost: Visit = async (context, server, payloads) => {
  const { page, frame } = await openHost(context, server);
  await page.evaluate(
    applyOptions,
    payloads.map(({ text }) => behind(DOORS.options, text)),
  );
  await touch(frame);

  for (const part of partsOf(payloads, PER_CONVERSATION)) {
    server.reply(...part.map(({ text }) => hostileAnswer(text)));
    const questions = part.map(({ text }) => behind(DOORS.live, text).question ?? "");
    await converse(frame, questions, ".answer .tools");
  }
  const groups = groupsOf(payloads);
  const questions = groups.map(() => "And now?");
  server.reply(...groups.map(hostileRefusal));
  await converse(frame, questions, ".failure");
  server.reply(...groups.map(hostileEnd));
  await converse(frame, questions, ".answer ~ .failure");
};

/** The frame by its own address: through the tenant's name, then through what a reload brings back. */
export const visitFrame: Visit = async (context, server, payloads) => {
  const page = await context.newPage();
  for (const group of groupsOf(payloads)) {
    server.decide(behind(DOORS.tenant, group));
    await page.goto(`${server.url}/widget/frame`, { waitUntil: "commit" });
    const title = await page.textContent("h1");
    if (wellFormed(title) !== wellFormed(group)) throw new Error(`The title is ${title}`);
  }
  server.decide({});

  const frame = page.mainFrame();
  server.reply(hostileAnswer("Hello."));
  await converse(frame, ["Hello?"], ".answer .tools");
  const asked = server.asked.length;
  const restored = payloads.flatMap((payload, at) => transcriptOf(payload, asked + at * 2));
  server.messages.splice(0, Infinity, ...restored);
  await page.reload();
  await page.waitForFunction(
    (wanted) => document.querySelectorAll(".turn").length === wanted,
    payloads.length * 2,
  );
  await touch(frame);
  const answers = await frame.locator(".turn:has(.prose a)").all();
  for (const answer of answers.slice(0, HOVERED)) {
    await answer.locator(".prose a").first().hover({ force: true });
  }
};

function hostileAnswer(text: string): Reply {
  const { streamed = "", answer } = behind(DOORS.live, text);
  return async (turn) => {
    turn.start([hostilePassage(text)]);
    for (const piece of oddPieces(streamed)) {
      turn.delta(piece);
      await new Promise((next) => setTimeout(next, PIECE_EVERY_MS));
    }
    turn.end(answer);
  };
}

function hostileRefusal(text: string): Reply {
  return () => ({ refuse: "model_unavailable", message: behind(DOORS.failed, text).failure });
}

function hostileEnd(text: string): Reply {
  return (turn) => {
    turn.start([hostilePassage(text)]);
    turn.delta(text.slice(0, text.length / 2));
    turn.fail("model_timeout", behind(DOORS.failed, text).failure);
  };
}

/** Two turns after those that were asked: the server knows whose these were. */
function transcriptOf({ text }: Payload, asked: number): Message[] {
  const { question = "", answer = "", failure = "" } = behind(DOORS.restored, text);
  const at = { created_at: "2026-01-01T00:00:00.000Z", status: "done", error: null } as const;
  const error = { code: "model_timeout", message: failure, retryable: true } as const;
  const [first, second] = [asked + 1, asked + 2];
  const contexts = [hostilePassage(text)];
  return [
    { ...at, id: first * 2, turn_id: first, role: "visitor", text: question },
    { ...at, id: first * 2 + 1, turn_id: first, role: "assistant", text: answer, contexts },
    {
      ...at,
      id: second * 2,
      turn_id: second,
      role: "visitor",
      text: question,
      status: "failed",
      error,
    },
  ];
}

function hostilePassage(text: string): Passage {
  return { ...passage(1, "Passage", ""), ...behind(DOORS.passage, text) };
}

/** The widget on somebody's page, opened. */
async function openHost(context: BrowserContext, server: ScriptedServer) {
  server.page(
    "/host",
    `<!doctype html><title>Host</title><link rel="icon" href="data:,"><body><script src="${server.url}/widget/v1/aura.js"></script>
     <script>window.chat=AuraChatWidget.init({apiBaseUrl:"${server.url}"})</script>`,
  );
  const page = await context.newPage();
  await page.goto(`${server.url}/host`);
  return { page, frame: await openChat(page) };
}

/** In a new conversation, and all of it in the page: the way to it and back takes longer than an answer. */
async function converse(frame: Frame, questions: readonly string[], end: string): Promise<void> {
  await frame.waitForSelector("textarea");
  const asked = questions.map((question) => question.slice(0, MAX_QUESTION));
  await frame.evaluate(askAll, { questions: asked, end });
  await touch(frame);
}

function touch(frame: Frame): Promise<void> {
  return frame.evaluate(touchAll);
}

/** Several at once, where nothing reads a text but as a text. */
function groupsOf(payloads: readonly Payload[]): string[] {
  return partsOf(payloads, PER_GROUP).map((part) => part.map(({ text }) => text).join("\n"));
}

function oddPieces(text: string): string[] {
  const length = Math.ceil(text.length / PIECES) | 1;
  return Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  );
}

/** Lone halves of a character do not survive the way from the browser. */
function wellFormed(text: string | null): string {
  return Buffer.from(text ?? "").toString();
}
