import type { ColorScheme } from "../../protocol.ts";
import { say, sayCount } from "../i18n/words.ts";
import { accentColours } from "./accent-colours.ts";
import type { Host } from "./host.ts";
import { createLook } from "./look.ts";

const ACCENT = /^#[0-9a-f]{6}$/i;
const DARK = matchMedia("(prefers-color-scheme: dark)");

/**
 * Gives the frame the page's tokens, and the loader what its own elements look like. Tokens are set on the element and not
 * written as a style, so that the frame's policy need not allow any.
 *
 * @param unread answers that nobody has seen yet
 */
export function paint(host: Host, tenantAccent: string | null | undefined, unread: number): void {
  const options = host.options.value;
  const { theme = {}, header, launcher } = options;
  const scheme = schemeOf(options.colorScheme);
  const root = document.documentElement;
  root.className = `${scheme} ${theme.density ?? ""}`.trim();
  set("--radius", theme.radius);
  set("--font", theme.font);

  const accent = [theme.accent, tenantAccent].find((colour) => ACCENT.test(colour ?? ""));
  const colours = accent ? accentColours(accent, scheme === "dark") : undefined;
  for (const name of ["--accent", "--on-accent", "--tint"] as const) set(name, colours?.[name]);

  const style = getComputedStyle(root);
  const label = launcher ? launcher.label : undefined;
  const title = label || header?.title || say("chat");
  host.look(
    createLook(options, {
      scheme,
      accent: style.getPropertyValue("--accent"),
      ink: style.getPropertyValue("--on-accent"),
      paper: style.getPropertyValue("--bg"),
      unread,
      name: unread > 0 ? `${title}, ${sayCount("unread", unread)}` : title,
    }),
  );
}

/** Calls `act` when the visitor prefers the other scheme. */
export function watchScheme(act: () => void): void {
  DARK.addEventListener("change", act);
}

function schemeOf(wanted: string | undefined): ColorScheme {
  if (wanted === "light" || wanted === "dark") return wanted;
  return DARK.matches ? "dark" : "light";
}

function set(name: string, value: string | undefined): void {
  const { style } = document.documentElement;
  if (value) style.setProperty(name, value);
  else style.removeProperty(name);
}
