import type { InitOptions } from "../surface.ts";

/** Names of one word and another one are a group and a member of it, but for these. */
const MEMBER = /^(?!api|auth|tenant|use|color)([a-z]+)([A-Z])(.*)/;

/** Options from the `data-*` attributes of the script tag. */
export function optionsFromData(data: DOMStringMap): InitOptions {
  const options: Record<string, unknown> = {};
  const groups: Record<string, Record<string, unknown>> = {};
  for (const name in data) {
    const text = data[name] ?? "";
    const [, group, initial = "", rest = ""] = MEMBER.exec(name) ?? [];
    const value = /^([{[]|true$|false$)/.test(text) ? JSON.parse(text) : text;
    if (group) {
      groups[group] ??= {};
      groups[group][initial.toLowerCase() + rest] = value;
    } else options[name] = value;
  }
  return { apiBaseUrl: "", ...options, ...groups };
}
