import { expect, it } from "vitest";
import { layOutDocument } from "../lay-out-document.ts";
import { decodeFile } from "./decode.ts";
import { parseText } from "./text.ts";

it("reads underlined headings, lists and indented code", () => {
  const parsed = parseText(
    "Guide\n=====\n\nFirst line\nsecond line.\n\nSteps\n-----\n* one\n  more\n* two\n\n    make all\n",
  );
  expect(parsed.title).toBe("Guide");
  expect(layOutDocument(parsed.blocks).text).toBe(
    "# Guide\n\nFirst line second line.\n\n## Steps\n\n- one more\n- two\n\n```\nmake all\n```",
  );
});

it("decodes UTF-8, marked UTF-16 and what a page declares, and refuses the rest", () => {
  const latin1 = Buffer.from('<meta charset="iso-8859-1">Caf\xe9', "latin1");
  expect(decodeFile(Buffer.from("\ufeffé"), { html: false })).toBe("é");
  expect(decodeFile(Buffer.from("\ufeffé", "utf16le"), { html: false })).toBe("é");
  expect(decodeFile(latin1, { html: true })).toContain("Café");
  expect(decodeFile(latin1, { html: false })).toBeUndefined();
  expect(decodeFile(Buffer.from([0x50, 0x4b, 0, 1]), { html: false })).toBeUndefined();
});
