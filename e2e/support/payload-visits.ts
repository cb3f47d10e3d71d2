import type { Message, Context as Passage } from "@orcha/contract";
import type { BrowserContext, Frame, Page } from "playwright-core";
import type { Payload } from "../payloads/corpus.mjs";
import { openChat } from "./browser.ts";
import { behind, DOORS } from "./content-doors.ts";
import { passage, type ScriptedServer } from "./scripted-server.ts";

const MAX_QUESTION = 7_000;
const PER_GROUP = 8;
/** About so many pieces make an answer; their odd length cuts words, tags and addresses anywhere. */
const PIECES = 6;
/** The browser draws in between. */
const PIECE_EVERY_MS = 6;

/** A visit puts some payloads through some doors. */
export type Visit = (
  context: BrowserContext,
  server: ScriptedServer,
  payloads: readonly Payload[],
) => Promise<void>;

/** Through the options of init, one after the other, before anything is asked. */
export const visitOptions: Visit = async (context, server, payloads) => {
  const { page, frame } = await openHost(context, server);
  await page.evaluate(
    async (all) => {
      for (const options of all) {
        Reflect.get(window, "chat").update(options);
        await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      }
    },
    payloads.map(({ text }) => behind(DOORS.options, text)),
  );
  await touch(frame, "body");
};

/** Through the tenant's name in the frame's document, some at once: nothing there reads one. */
export const visitNames: Visit = async (context, server, payloads) => {
  const page = await context.newPage();
  for (const group of groupsOf(payloads)) {
    server.decide(() => behind(DOORS.tenant, group));
    await page.goto(`${server.url}/widget/frame`, { waitUntil: "commit" });
    const title = await page.textContent("h1");
    if (wellFormed(title) !== wellFormed(group)) throw new Error(`The title is ${title}`);
  }
};

/** Through a question, its growing answer, the final answer and its passages. */
export const visitLive: Visit = async (context, server, payloads) => {
  const { frame } = await openHost(context, server);
  for (const { text } of payloads) {
    const { question = "", streamed = "", answer } = behind(DOORS.live, text);
    server.reply(async (turn) => {
      turn.start([hostilePassage(text)]);
      for (const piece of oddPieces(streamed)) {
        turn.delta(piece);
        await new Promise((next) => setTimeout(next, PIECE_EVERY_MS));
      }
      turn.end(answer);
    });
    await ask(frame, question.slice(0, MAX_QUESTION));
    await frame.waitForSelector(".turn.last .tool");
    await touch(frame, ".turn.last");
  }
};

/** Through the words of a refusal and of a failure in the middle of an answer, some at once. */
export const visitFailures: Visit = async (context, server, payloads) => {
  const { frame } = await openHost(context, server);
  for (const group of groupsOf(payloads)) {
    const { failure } = behind(DOORS.failed, group);
    server.reply(() => ({ refuse: "model_unavailable", message: failure }));
    await ask(frame, "First?");
    await frame.waitForSelector(".turn.last .failure");
    server.reply((turn) => {
      turn.start([hostilePassage(group)]);
      turn.delta(group.slice(0, group.length / 2));
      turn.fail("model_timeout", failure);
    });
    await ask(frame, "Second?");
    await frame.waitForSelector(".turn.last .answer ~ .failure");
    await touch(frame, ".turn.last");
  }
};

/** Through what a reload brings back from the server. */
export const visitRestored: Visit = async (context, server, payloads) => {
  server.reply((turn) => {
    turn.start();
    turn.delta("Hello.");
    turn.end();
  });
  const page = await context.newPage();
  await page.goto(`${server.url}/widget/frame`);
  const frame = page.mainFrame();
  await ask(frame, "Hello?");
  await frame.waitForSelector(".tool");

  server.messages.splice(0, Infinity, ...payloads.flatMap(transcriptOf));
  await page.reload();
  await page.waitForFunction(
    (wanted) => document.querySelectorAll(".turn").length === wanted,
    payloads.length * 2,
  );
  await touch(frame, "body");
  for (const turn of await frame.locator(".turn:has(.prose a)").all()) {
    await turn.locator(".prose a").first().hover({ force: true });
  }
};

function transcriptOf({ text }: Payload, index: number): Message[] {
  const { question = "", answer = "", failure = "" } = behind(DOORS.restored, text);
  const at = { created_at: "2026-01-01T00:00:00.000Z", status: "done", error: null } as const;
  const error = { code: "model_timeout", message: failure, retryable: true } as const;
  const [first, second] = [index * 2 + 1, index * 2 + 2];
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

async function ask(frame: Frame, text: string): Promise<void> {
  // Not typed: the browser takes minutes to type thousands of lines.
  await frame.locator("textarea").evaluate((field, value) => {
    if (field instanceof HTMLTextAreaElement) field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);
  await frame.press("textarea", "Enter");
}

/** Opens all passages below the element, and gives the focus to all that takes it. */
async function touch(frame: Frame | Page, below: string): Promise<void> {
  await frame.evaluate(async (selector) => {
    const root = document.querySelector(selector);
    const all = (inner: string) => root?.querySelectorAll<HTMLElement>(inner) ?? [];
    for (const button of all(".sources li > button")) button.click();
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    // Of a thousand chips the first are like the rest.
    for (const element of [...all("a, button, [tabindex]")].slice(0, 300)) {
      element.focus({ preventScroll: true });
      element.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
    }
  }, below);
}

function groupsOf(payloads: readonly Payload[]): string[] {
  return Array.from({ length: Math.ceil(payloads.length / PER_GROUP) }, (_, at) =>
    payloads
      .slice(at * PER_GROUP, (at + 1) * PER_GROUP)
      .map(({ text }) => text)
      .join("\n"),
  );
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
