import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { StrangersConnection } from "../soak/scenarios/strangers-connection.mjs";
import { StrangersTimes } from "../soak/scenarios/strangers-times.mjs";

const FOREIGN = 7;

/** Asks for a conversation that does not exist, then for a foreign one, and gives what was found to differ. */
async function compare(answerForeign: (response: ServerResponse) => void) {
  let requests = 0;
  const server = createServer(({ url = "" }, response) => {
    response.statusCode = 404;
    response.setHeader("X-Orcha-Error", "conversation_not_found");
    response.setHeader("X-Request-Id", `request-${++requests}`);
    if (url.includes(`/${FOREIGN}/`)) answerForeign(response);
    response.end(JSON.stringify({ request: `request-${requests}` }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on a port
  const connection = new StrangersConnection(`http://127.0.0.1:${port}`);
  await connection.askFor("messages", "NonExistent", 1, undefined);
  await connection.askFor("messages", "Foreign", FOREIGN, undefined);
  await connection.close();
  return connection.found;
}

describe("what strangers are told", () => {
  it("is the same but for the request's id", async () => {
    expect(await compare(() => {})).toEqual({ differentAnswers: 0, notRefused: 0 });
  });

  it("is found to differ by a header, by the status and by what it says", async () => {
    const differs = { differentAnswers: 1, notRefused: 0 };
    expect(await compare((response) => response.setHeader("X-Sealed", "1"))).toEqual(differs);
    expect(
      await compare((response) => {
        response.statusCode = 403;
      }),
    ).toEqual(differs);
    expect(await compare((response) => response.write(" "))).toEqual(differs);
  });

  it("is found not to be a refusal", async () => {
    const tells = await compare((response) => response.removeHeader("X-Orcha-Error"));
    expect(tells).toEqual({ differentAnswers: 1, notRefused: 1 });
  });
});

describe("the times of strangers' requests", () => {
  /** Rounds on a machine that is slower and slower, and stalls now and then. */
  const measured = (foreignShare: number) => {
    const times = new StrangersTimes();
    for (let round = 0; round < 1001; round += 1) {
      const base = 1 + round / 1000;
      const stall = (every: number) => (round % every === 0 ? 50 : 0);
      times.add(
        new Map([
          ["Foreign", base * foreignShare + stall(7)],
          ["Noise", base + stall(11)],
          ["NonExistent", base + stall(13)],
        ]),
      );
    }
    return times.figures("chat");
  };

  it("tell nothing when every kind takes as long, whatever the machine does meanwhile", () => {
    const { chatForeignPercent, chatNoisePercent } = measured(1);
    expect([chatForeignPercent, chatNoisePercent]).toEqual([0, 0]);
  });

  it("tell of a kind that takes longer, or shorter", () => {
    for (const share of [0.9, 1.1]) {
      const { chatForeignPercent } = measured(share);
      expect(chatForeignPercent).toBeGreaterThan(9);
      expect(chatForeignPercent).toBeLessThan(11);
    }
    expect(measured(1.1).chatNoisePercent).toBe(0);
  });
});
