import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Tenant } from "../tenants/settings.ts";
import { baseOf, preferredLanguage } from "./preferred-language.ts";
import { widgetConfig } from "./widget-config.ts";

const manifestSchema = z.object({
  version: z.string(),
  /** The frame's script. */
  script: z.string(),
  assets: z.array(z.string()),
  locales: z.array(z.string()),
});

/** What the widget's build made. */
export type WidgetManifest = z.output<typeof manifestSchema>;

/** Reads what the widget's build made. @throws when the folder holds no build */
export async function readManifest(widgetDir: string): Promise<WidgetManifest> {
  const text = await readFile(join(widgetDir, "manifest.json"), "utf8");
  return manifestSchema.parse(JSON.parse(text));
}

/** Writes the frame's document for one tenant, in the language that its visitor wishes for. */
export type FrameWriter = (tenant: Tenant, nonce: string, wishes: string) => string;

const FALLBACK = "en";
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];

/** Reads the template and the words once; what a frame needs to be drawn then comes with its document. */
export async function frameWriter(
  widgetDir: string,
  { script, locales }: WidgetManifest,
): Promise<FrameWriter> {
  const template = await readFile(join(widgetDir, "frame.html"), "utf8");
  const words = new Map<string, unknown>();
  for (const locale of locales) {
    const text = await readFile(join(widgetDir, "locales", `${locale}.json`), "utf8");
    words.set(locale, JSON.parse(text));
  }
  const available = [FALLBACK, ...locales.filter((locale) => locale !== FALLBACK)];
  return (tenant, nonce, wishes) => {
    const lang = preferredLanguage(wishes, available);
    const base = baseOf(lang);
    const values: Readonly<Record<string, string>> = {
      lang,
      dir: RIGHT_TO_LEFT.includes(base) ? "rtl" : "ltr",
      nonce,
      script,
      config: embeddedJson({ ...widgetConfig(tenant), lang, words: words.get(base) }),
    };
    return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");
  };
}

/** JSON that no name can end before its time: a script element knows no escapes but these. */
function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}
