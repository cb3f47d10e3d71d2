import { storedTenantSettingsSchema } from "@orcha/contract";
import { expect, it } from "vitest";
import type { Tenant } from "../tenants/settings.ts";
import type { ChatModel } from "../turns/ports.ts";
import { type ModelSpec, parseModels } from "./model-specs.ts";
import { createTenantModels, type OwnKeys } from "./tenant-models.ts";

const extractive: ChatModel = {
  name: "orcha/extractive",
  alwaysRetrieves: true,
  async *stream() {},
};

function setup(own: OwnKeys = {}) {
  const built: (readonly ModelSpec[])[] = [];
  const models = createTenantModels({
    installation: extractive,
    names: ["openai/gpt-5-mini"],
    readOwnKeys: async () => own,
    parse: (names, keys) => parseModels(names, { openaiApiKey: keys.openai }, "models"),
    build: (specs) => {
      built.push(specs);
      return { ...extractive, name: "built", [Symbol.asyncDispose]: async () => {} };
    },
  });
  const tenant = (names: readonly string[] = []): Tenant => ({
    id: "shop",
    settings: storedTenantSettingsSchema.parse({ name: "Shop", models: names }),
  });
  return { models, built, tenant };
}

it("lets the installation's models answer a tenant that chose nothing", async () => {
  const { models, built, tenant } = setup();
  expect(await models.modelOf(tenant())).toBe(extractive);
  expect(built).toEqual([]);
});

it("calls the installation's models with a tenant's own key, and builds them once", async () => {
  const { models, built, tenant } = setup({ openai: "own key" });
  expect((await models.modelOf(tenant())).name).toBe("built");
  await models.modelOf(tenant());
  expect(built).toHaveLength(1);
  expect(built[0]).toMatchObject([{ model: "gpt-5-mini", apiKey: "own key" }]);
});

it("says what is wrong with models before they are kept, and calls none that cannot be called", async () => {
  const { models, tenant } = setup();
  expect(await models.findProblem("shop", ["extractive"])).toBeUndefined();
  expect(await models.findProblem("shop", ["openai/gpt-5"])).toMatch(
    /^models uses openai.*OPENAI_API_KEY/,
  );
  expect(await models.findProblem("shop", ["nobody/x"])).toMatch(/^models names "nobody\/x"/);
  await expect(models.modelOf(tenant(["nobody/x"]))).rejects.toMatchObject({
    code: "model_unavailable",
  });
});
