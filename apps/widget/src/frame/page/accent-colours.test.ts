import { expect, it } from "vitest";
import { accentColours } from "./accent-colours.ts";

const BACKGROUNDS = { light: [255, 255, 255], dark: [19, 19, 24] };

/** WCAG's contrast, written down once more so that the test does not believe the code. */
function contrast(one: readonly number[], other: readonly number[]): number {
  const [dark = 0, light = 0] = [one, other]
    .map(([r = 0, g = 0, b = 0]) => {
      const [x = 0, y = 0, z = 0] = [r, g, b].map((channel) =>
        channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    })
    .sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const channels = (value = "") => (value.match(/[\d.]+/g) ?? []).map(Number);

it("keeps text in and on the accent readable, whatever colour the tenant likes", () => {
  const parts = ["00", "33", "66", "99", "cc", "ff"];
  for (const hex of parts.flatMap((r) => parts.flatMap((g) => parts.map((b) => `#${r}${g}${b}`)))) {
    for (const [scheme, background] of Object.entries(BACKGROUNDS)) {
      const colours = accentColours(hex, scheme === "dark");
      const accent = channels(colours["--accent"]);
      for (const behind of [background, channels(colours["--tint"])]) {
        expect(contrast(accent, behind), `${hex} in ${scheme}`).toBeGreaterThanOrEqual(4.5);
      }
      const onAccent = contrast(channels(colours["--on-accent"]), accent);
      expect(onAccent, `text on ${hex} in ${scheme}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

it("leaves a colour alone that is readable already", () => {
  expect(accentColours("#0D6B62", false)).toMatchObject({
    "--accent": "rgb(13,107,98)",
    "--on-accent": "rgb(255,255,255)",
  });
});
