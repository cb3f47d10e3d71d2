import { collapse } from "./block.ts";

const YAML = /^---[ \t]*\r?\n([\s\S]*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/;
const TOML = /^\+\+\+[ \t]*\r?\n([\s\S]*?)\r?\n\+\+\+[ \t]*(?:\r?\n|$)/;

/** Cuts the front matter off; its title and description are plain one-line values in what people write. */
export function splitFrontMatter(source: string): {
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly body: string;
} {
  const found = YAML.exec(source) ?? TOML.exec(source);
  const matter = found?.[1];
  if (!found || matter === undefined) {
    return { title: undefined, description: undefined, body: source };
  }
  return {
    title: fieldOf(matter, "title"),
    description: fieldOf(matter, "description"),
    body: source.slice(found[0].length),
  };
}

function fieldOf(matter: string, key: "title" | "description"): string | undefined {
  const value = new RegExp(`^${key}[ \\t]*[:=][ \\t]*(.+)$`, "m").exec(matter)?.[1]?.trim();
  if (!value || /^[>|][-+]?$/.test(value)) return undefined; // a folded value goes on below
  const unquoted = /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
  return collapse(unquoted) || undefined;
}
