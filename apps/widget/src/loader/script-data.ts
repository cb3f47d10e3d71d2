import type { InitOptions } from "../surface.ts";

/** A group and a member of it: all names of two words but `apiBaseUrl`, `authToken`, `tenantId`, `userId`, `useRag` and `colorScheme`. */
const MEMBER = /^(?!a|tenant|use|color)([a-z]+)([A-Z])(.*)/;

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
