import { describe, expect, it } from "vitest";
import { boundaryProblems } from "./boundaries.mjs";
import { repositoryFiles } from "./repository-files.mjs";
import { ROOT } from "./stamp.mjs";

const repository = repositoryFiles(ROOT);
const SERVER = "apps/server/src";

/** What is wrong with such a file. */
const plant = (path: string, text: string) => boundaryProblems([{ path, text: `${text}\n` }]);

describe("the boundaries", () => {
  it("hold in this repository", () => {
    expect(repository.length).toBeGreaterThan(30);
    expect(boundaryProblems(repository)).toEqual([]);
  });

  it.each([
    ["packages/contract/src/planted.ts", 'import { Hono } from "hono";', "contract imports zod"],
    ["packages/contract/src/planted.ts", 'import fs from "node:fs";', "contract imports zod"],
    ["packages/client/src/planted.ts", 'import "zod";', "client has no dependency"],
    [
      "packages/client/src/planted.ts",
      'import { ERRORS } from "@orcha/contract";',
      "client has no dependency",
    ],
    ["packages/react/src/planted.ts", 'import "../../../apps/widget/src/index.ts";', "react wraps"],
    ["packages/react/src/planted.ts", 'import { h } from "vue";', "react wraps"],
    ["packages/vue/src/planted.ts", 'import { useAura } from "@orcha/react";', "vue wraps"],
    ["packages/web-component/src/planted.ts", 'import "@orcha/client";', "web-component wraps"],
    ["apps/widget/src/frame/planted.tsx", 'import { z } from "zod/mini";', "widget talks"],
    [
      "apps/widget/src/frame/planted.tsx",
      'import type { Schema } from "../../../server/src/db/schema.ts";',
      "widget talks",
    ],
    [
      "apps/widget/src/frame/planted.tsx",
      'export {\n  ERRORS,\n  type Code,\n} from "@orcha/contract";',
      "widget talks",
    ],
    [`${SERVER}/turns/planted.ts`, 'import type { Context } from "hono";', "hono stays"],
    [`${SERVER}/turns/planted.ts`, 'const { Hono } = await import("hono/tiny");', "hono stays"],
    [`${SERVER}/turns/planted.ts`, 'import { sql } from "kysely";', "SQL stands"],
    [`${SERVER}/turns/planted.ts`, 'db.builder.selectFrom("turns");', "SQL stands"],
    [`${SERVER}/turns/store.ts`, 'import pg from "pg";', "drivers stay"],
    [`${SERVER}/turns/planted.ts`, 'import { google } from "@ai-sdk/google";', "SDKs stay"],
    [`${SERVER}/turns/planted.ts`, 'import { route } from "../http/caller.ts";', "nothing below"],
    [`${SERVER}/http/routes/planted.ts`, 'import "../../db/sqlite.ts";', "http/ reaches storage"],
    [`${SERVER}/db/planted.ts`, 'import type { A } from "../turns/ports.ts";', "lowest layer"],
    [
      `${SERVER}/turns/planted.ts`,
      'import { a } from "../models/ai-sdk.ts";',
      "declares the ports",
    ],
    [`${SERVER}/models/planted.ts`, 'import { a } from "../turns/store.ts";', "ports of turns/"],
    [`${SERVER}/retrieval/planted.ts`, 'import "../turns/run-turn.ts";', "ports of turns/"],
    [`${SERVER}/tenants/planted.ts`, 'import { main } from "../main.ts";', "main.ts is the root"],
    [`${SERVER}/db/planted.ts`, 'import { a } from "../testing/databases.ts";', "its tests"],
    [`${SERVER}/db/planted.ts`, 'new URL("./x.js", import.meta.url);', "only main.ts may look"],
  ])("object to %s with %s", (path, text, why) => {
    const problems = plant(path, text);
    expect(problems[0]).toMatch(new RegExp(`^${path}:1: `));
    expect(problems.join("\n")).toContain(why);
  });

  it.each([
    ["packages/client/src/planted.ts", 'import type { ChatAnswer } from "@orcha/contract";'],
    ["packages/vue/src/planted.ts", 'import { init } from "@orcha/widget";\nimport "vue";'],
    ["apps/widget/src/frame/planted.tsx", 'import { stream } from "@orcha/client";'],
    [`${SERVER}/http/planted.ts`, 'import { Hono } from "hono";'],
    [`${SERVER}/usage/usage-store.ts`, 'import { sql } from "kysely";\ndb.selectFrom("turns");'],
    [`${SERVER}/models/planted.ts`, 'import type { ChatModel } from "../turns/ports.ts";'],
    [`${SERVER}/turns/planted.ts`, '// import { Hono } from "hono";'],
    [`${SERVER}/turns/planted.ts`, ' * import { Hono } from "hono"; in an example'],
    [`${SERVER}/turns/planted.test.ts`, 'import { Hono } from "hono";'],
  ])("let pass %s with %s", (path, text) => {
    expect(plant(path, text)).toEqual([]);
  });
});
