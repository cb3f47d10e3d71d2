import { afterEach, beforeEach, expect, it } from "vitest";
import { describeOnEveryEngine, sqlite } from "../testing/databases.ts";
import { type EventReader, openEvents } from "../testing/event-reader.ts";
import { type Gate, gate } from "../testing/gate.ts";
import { fixedRetriever, passage, startTestServer, type TestServer } from "../testing/server.ts";

describeOnEveryEngine("a turn that is told again from where its reader was", (engine) => {
  let server: TestServer;
  let visitor: Record<string, string>;
  beforeEach(async () => {
    server = await startTestServer(engine, { retriever: fixedRetriever([passage]) });
    visitor = { "x-aura-visitor": await server.visitor() };
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = (headers: Record<string, string> = {}) =>
    openEvents({
      url: server.url,
      path: "chat-v2",
      headers: { ...visitor, ...headers },
      body: { text: "Hi", use_rag: true },
    });
  const resume = (at: TestServer, turnId: number, headers: Record<string, string> = {}) =>
    openEvents({
      url: at.url,
      path: `turns/${turnId}/events`,
      headers: { ...visitor, ...headers },
    });

  /** A model that says the first half, and the second when it is let. */
  function sayInHalves(): Gate {
    const held = gate();
    server.model.reply = async function* () {
      yield "Grüße, ";
      yield "first half 😀 ";
      await held.opened;
      yield "second half.";
    };
    return held;
  }

  it("gives exactly the frames after the last one that arrived, here and on another replica", async () => {
    server.model.reply = () => ["Grüße ", "😀 and ", "more."];
    const frames = await (await ask()).rest();
    expect(frames.map(({ event }) => event)).toContain("contexts");
    const turnId = turnIdOf(frames[0]?.id);
    await using replica = await server.replica();
    for (const at of [server, replica]) {
      const whole = await (await resume(at, turnId)).rest();
      expect(whole.at(0)).toEqual(frames[0]);
      expect(whole.at(-1)).toEqual(frames.at(-1));
      expect(textOf(whole)).toBe(textOf(frames));
      for (const [index, { id }] of frames.slice(0, -1).entries()) {
        const rest = await (await resume(at, turnId, { "last-event-id": id })).rest();
        expect(textOf(frames.slice(0, index + 1)) + textOf(rest)).toBe("Grüße 😀 and more.");
        expect(rest.at(-1)).toEqual(frames.at(-1));
        const others = rest.filter(({ event }) => event !== "text-delta");
        const missing = frames.slice(index + 1).filter(({ event }) => event !== "text-delta");
        expect(others).toEqual(missing);
      }
    }
  });

  it("says that nothing is missing to one who has the end", async () => {
    const frames = await (await ask()).rest();
    const end = frames.at(-1)?.id ?? "";
    const again = await resume(server, turnIdOf(end), { "last-event-id": end });
    expect(again.status).toBe(204);
  });

  it("follows a running turn to its end, here and on another replica", async () => {
    const held = sayInHalves();
    await using replica = await server.replica();
    const first = await ask();
    const start = await first.next();
    first.leave();
    const turnId = turnIdOf(start?.id);
    const readers = [await resume(server, turnId), await resume(replica, turnId)];
    for (const reader of readers) expect(await readTo(reader, "😀 ")).toBe("Grüße, first half 😀 ");
    held.open();
    const ends = await Promise.all(readers.map((reader) => reader.rest()));
    for (const rest of ends) {
      expect(textOf(rest)).toBe("second half.");
      expect(rest.at(-1)?.event).toBe("turn-end");
    }
  });

  it("gives a repeat of the message the running turn instead of another one", async () => {
    const held = sayInHalves();
    await using replica = await server.replica();
    const key = { "idempotency-key": "a-key-of-the-very-same-message" };
    const first = await ask(key);
    await first.next();
    const repeated = await openEvents({
      url: replica.url,
      path: "chat-v2",
      headers: { ...visitor, ...key },
      body: { text: "Hi", use_rag: true },
    });
    const inJson = replica.chat({ text: "Hi", use_rag: true }, { ...visitor, ...key });
    expect((await repeated.next())?.event).toBe("turn-start");
    held.open();
    expect((await repeated.rest()).at(-1)).toEqual((await first.rest()).at(-1));
    expect((await inJson).data.text).toBe("Grüße, first half 😀 second half.");
    expect(server.model.requests).toHaveLength(1);
  });

  it("is nobody's but its owner's", async () => {
    const frames = await (await ask()).rest();
    const turnId = turnIdOf(frames[0]?.id);
    const strangers = [{ "x-aura-visitor": await server.visitor() }, { "x-aura-visitor": "" }];
    for (const headers of strangers) {
      for (const id of [turnId, turnId + 2]) {
        expect(await problemOf(await fetchTurn(server, `${id}/events`, headers))).toBe("not_found");
        expect(await problemOf(await stop(server, id, headers))).toBe("not_found");
      }
    }
    for (const id of ["x", "0", "-1", "1e3"]) {
      expect(await problemOf(await fetchTurn(server, `${id}/events`, visitor))).toBe("not_found");
    }
  });

  it("refuses the id of no event of this turn", async () => {
    const frames = await (await ask()).rest();
    const turnId = turnIdOf(frames[0]?.id);
    for (const id of ["x", `${turnId + 2}:11`, `${turnId}:`, `${turnId}:-1`, `${turnId}:1:1`]) {
      const headers = { ...visitor, "last-event-id": id };
      const refused = await fetchTurn(server, `${turnId}/events`, headers);
      expect(await problemOf(refused)).toBe("invalid_request");
    }
  });

  it("stops when its owner wants it to, on whatever replica, and keeps what was said", async () => {
    await using replica = await server.replica();
    for (const at of [server, replica]) {
      const stopped = gate();
      server.model.reply = async function* (_request, signal) {
        yield "So far";
        await new Promise<void>((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }).finally(stopped.open);
      };
      const running = await ask();
      await readTo(running, "So far");
      const turnId = Number(running.headers["x-orcha-turn-id"]);
      const answer = await stop(at, turnId, visitor);
      expect(await answer.json()).toEqual({ turn_id: turnId, status: "stopped" });
      await stopped.opened;
      const [end] = await running.rest();
      expect(JSON.parse(end?.data ?? "")).toMatchObject({
        success: true,
        finish_reason: "stopped",
        data: { text: "So far" },
      });
      const { conversation_id } = JSON.parse(end?.data ?? "").data;
      const { data } = await server.messages(conversation_id, String(visitor["x-aura-visitor"]));
      expect(data.at(-1)).toMatchObject({ text: "So far", status: "stopped", error: null });
    }
  });

  it("may be stopped before it has said anything, and the conversation goes on", async () => {
    const asked = gate();
    server.model.reply = async function* (_request, signal) {
      asked.open();
      await new Promise<void>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
      yield "Never said.";
    };
    const running = await ask();
    await asked.opened;
    await stop(server, Number(running.headers["x-orcha-turn-id"]), visitor);
    const end = JSON.parse((await running.rest()).at(-1)?.data ?? "");
    expect(end).toMatchObject({ success: true, finish_reason: "stopped", data: { text: "" } });

    server.model.reply = () => ["Noted."];
    const { conversation_id } = end.data;
    const next = await server.chat({ text: "Again", conversation_id }, visitor);
    expect(next.success).toBe(true);
    // Two questions in a row would be refused by some models.
    expect(server.model.requests.at(-1)?.messages.map(({ text }) => text)).toEqual(["Again"]);
  });

  it("is not stopped by a form of another site, which sends the visitor's cookies along", async () => {
    const frames = await (await ask()).rest();
    const headers = { ...visitor, "content-type": "text/plain" };
    const refused = await stop(server, turnIdOf(frames[0]?.id), headers);
    expect(await problemOf(refused)).toBe("unsupported_media_type");
  });

  it("stays as it is when it is stopped after its end", async () => {
    const frames = await (await ask()).rest();
    const turnId = turnIdOf(frames[0]?.id);
    const answer = await stop(server, turnId, visitor);
    expect(await answer.json()).toEqual({ turn_id: turnId, status: "done" });
  });
});

it("gives one visitor only so many answers at a time, and says when to come back", async () => {
  const env = { ORCHA_MAX_OPEN_ANSWERS_PER_VISITOR: "1" };
  await using server = await startTestServer(sqlite, { env });
  const held = gate();
  server.model.reply = async function* () {
    await held.opened;
    yield "Noted.";
  };
  const visitor = { "x-aura-visitor": await server.visitor() };
  const path = "chat-v2";
  const running = await openEvents({
    url: server.url,
    path,
    headers: visitor,
    body: { text: "Hi" },
  });
  const refused = await server.chat({ text: "Hi again" }, visitor);
  expect(refused).toMatchObject({ status: 429, success: false });
  expect(refused.headers.get("retry-after")).toBe("2");
  held.open();
  await running.rest();
  expect((await server.chat({ text: "Hi again" }, visitor)).success).toBe(true);
});

function fetchTurn(
  { url }: TestServer,
  path: string,
  headers: Record<string, string>,
): Promise<Response> {
  return fetch(`${url}/api/v1/orcha/turns/${path}`, { headers });
}

function stop(
  { url }: TestServer,
  turnId: number,
  headers: Record<string, string>,
): Promise<Response> {
  return fetch(`${url}/api/v1/orcha/turns/${turnId}/stop`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: "{}",
  });
}

async function problemOf(response: Response): Promise<unknown> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const problem: unknown = await response.json();
  return typeof problem === "object" && problem && "code" in problem ? problem.code : undefined;
}

function turnIdOf(eventId: string | undefined): number {
  return Number(eventId?.split(":")[0]);
}

function textOf(frames: readonly { readonly event: string; readonly data: string }[]): string {
  const deltas = frames.filter(({ event }) => event === "text-delta");
  return deltas.map(({ data }) => JSON.parse(data).text).join("");
}

/** The text so far once it ends so. */
async function readTo(reader: EventReader, ending: string): Promise<string> {
  let text = "";
  while (!text.endsWith(ending)) {
    const frame = await reader.next();
    if (!frame) throw new Error(`The stream ended after ${text}`);
    if (frame.event === "text-delta") text += JSON.parse(frame.data).text;
  }
  return text;
}
