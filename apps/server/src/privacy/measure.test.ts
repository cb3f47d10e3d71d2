import { appendFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { it } from "vitest";
import { eraseIdleConversations } from "../conversations/erase-store.ts";
import { listConversations } from "../conversations/list-conversations.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { subjectAsJson } from "./export-subject.ts";
import { plantedStorage, TENANT } from "./testing/planted.ts";

const ALL = { label: undefined, userId: undefined, from: undefined, to: undefined };
const text = "Lorem ipsum dolor sit amet consetetur sadipscing elitr sed diam nonumy ".repeat(7);

describeOnEveryEngine("measure", (engine) => {
  it("costs", async () => {
    const out: string[] = [];
    const timed = async (name: string, run: () => Promise<unknown>) => {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const t = performance.now();
      const r = await run();
      const ms = performance.now() - t;
      delay.disable();
      out.push(
        `${engine.name} ${name}: ${ms.toFixed(1)} ms, loop max ${(delay.max / 1e6).toFixed(1)} ms ${typeof r === "string" ? r : ""}`,
      );
    };
    await using storage = await plantedStorage(engine);
    await timed("plant", () =>
      storage.plant({ id: 1000, owner: "visitor:ada", times: 10_000, turns: 5, text }),
    );
    await storage.run("update conversations set updated_at = id");
    if (engine.name === "postgres") await storage.run("analyze");
    const { reader } = storage.database;
    const list = (more: object) =>
      listConversations(reader, TENANT, {
        filter: ALL,
        text: undefined,
        after: undefined,
        limit: 50,
        ...more,
      });
    for (let i = 0; i < 2; i++) await timed("list 50", () => list({}));
    await timed("list 200", () => list({ limit: 200 }));
    await timed("list page by label none", () => list({ filter: { ...ALL, label: "x" } }));
    for (let i = 0; i < 2; i++)
      await timed("search 2000 conv (20,000 messages), nothing", () =>
        list({ text: "nowhere to be found" }),
      );
    await timed("search non-ascii", () => list({ text: "Äpfel überall" }));
    await timed("search all 100,000 messages", async () => {
      let after: unknown;
      let n = 0;
      do {
        const page = await list({ text: "nowhere", after });
        after = page.next;
        n++;
      } while (after);
      return `${n} pages`;
    });
    await timed("export 10,000 conversations", async () => {
      let n = 0;
      let peak = 0;
      for await (const piece of subjectAsJson(
        { reader, defaultUserId: 1, now: 0 },
        { tenantId: TENANT, label: undefined, owners: ["visitor:ada"], userId: undefined },
      )) {
        n += piece.length;
        if (n % 50 === 0) peak = Math.max(peak, process.memoryUsage().rss);
      }
      return `${(n / 1e6).toFixed(1)} MB`;
    });
    const ids = Array.from({ length: 200 }, (_, at) => 1000 + at);
    await timed("erase 200 conversations of 5 turns", async () =>
      JSON.stringify(
        await storage.database.write(eraseIdleConversations, {
          tenantId: TENANT,
          conversationIds: ids,
          untouchedSince: undefined,
        }),
      ),
    );
    await timed("again", async () =>
      JSON.stringify(
        await storage.database.write(eraseIdleConversations, {
          tenantId: TENANT,
          conversationIds: ids.map((id) => id + 200),
          untouchedSince: undefined,
        }),
      ),
    );
    console.log(out.join("\n"));
  }, 300_000);
});
