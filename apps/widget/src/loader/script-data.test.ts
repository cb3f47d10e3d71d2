import { expect, it } from "vitest";
import { optionsFromData } from "./script-data.ts";

it("reads options, and members of options, from the script tag's attributes", () => {
  expect(
    optionsFromData({
      apiBaseUrl: "https://chat.example",
      authToken: "jwt",
      tenantId: "shop",
      userId: "7",
      colorScheme: "dark",
      mode: "inline",
      starters: "A|B",
      headerTitle: "Shop",
      headerSubtitle: "",
      themeOffsetX: "1rem",
      themeZIndex: "9",
    }),
  ).toEqual({
    apiBaseUrl: "https://chat.example",
    authToken: "jwt",
    tenantId: "shop",
    userId: "7",
    colorScheme: "dark",
    mode: "inline",
    starters: "A|B",
    header: { title: "Shop", subtitle: "" },
    theme: { offsetX: "1rem", zIndex: "9" },
  });
});

it("takes true, false and what begins as JSON for what they mean, and all else for words", () => {
  expect(
    optionsFromData({
      apiBaseUrl: "",
      useRag: "false",
      launcher: "false",
      contextPage: "true",
      contextData: '{"plan":"pro"}',
      starters: '["A?","B?"]',
      headerTitle: "true story",
    }),
  ).toMatchObject({
    useRag: false,
    launcher: false,
    context: { page: true, data: { plan: "pro" } },
    starters: ["A?", "B?"],
    header: { title: "true story" },
  });
});
