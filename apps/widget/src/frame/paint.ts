import type { FrameOptions } from "../protocol.ts";
import { accentColours } from "./accent-colours.ts";
import type { Host } from "./host.ts";

const ACCENT = /^#[0-9a-f]{6}$/i;

/**
 * Gives the frame the page's tokens. They are set on the element and not written as a style, so that the frame's policy
 * need not allow any.
 */
export function paint(host: Host, tenantAccent: string | null | undefined): void {
  const { theme = {}, colorScheme, mode }: FrameOptions = host.options.value;
  const root = document.documentElement;
  root.className = [colorScheme, theme.density, mode].filter(Boolean).join(" ");
  set("--radius", theme.radius);
  set("--font", theme.font);

  const accent = [theme.accent, tenantAccent].find((colour) => ACCENT.test(colour ?? ""));
  const colours = accent ? accentColours(accent, colorScheme === "dark") : undefined;
  for (const name of ["--accent", "--on-accent", "--tint"] as const) set(name, colours?.[name]);
  if (colours) host.paint(colours["--accent"], colours["--on-accent"]);
}

function set(name: string, value: string | undefined): void {
  const { style } = document.documentElement;
  if (value) style.setProperty(name, value);
  else style.removeProperty(name);
}
