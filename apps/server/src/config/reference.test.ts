import { expect, it } from "vitest";
import { configurationPage, envExample } from "./reference.ts";

it("is written down for people as the table has it (vitest --update writes it anew)", async () => {
  await expect(configurationPage()).toMatchFileSnapshot(
    "../../../../docs/reference/configuration.md",
  );
  await expect(envExample()).toMatchFileSnapshot("../../../../.env.example");
});
