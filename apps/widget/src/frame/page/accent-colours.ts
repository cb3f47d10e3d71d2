/** Red, green and blue, 0 to 255. */
type Colour = readonly number[];

const LIGHT: Colour = [255, 255, 255];
const DARK: Colour = [19, 19, 24]; // --bg of the widget's style.css
const BLACK: Colour = [0, 0, 0];
const WEIGHTS: Colour = [0.2126, 0.7152, 0.0722];
/** WCAG's least contrast of text. */
const READABLE = 4.5;
const TINT = 0.1;

/** Custom properties of style.css. */
type AccentColours = Readonly<Record<"--accent" | "--on-accent" | "--tint", string>>;

/** The colours for a tenant's accent: as close to it as text in it and on it stays readable. */
export function accentColours(hex: string, isDark: boolean): AccentColours {
  const background = isDark ? DARK : LIGHT;
  const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  let accent: Colour;
  let tint: Colour;
  let part = 0;
  do {
    accent = mix(wanted, isDark ? LIGHT : BLACK, part);
    tint = mix(background, accent, TINT);
    part += 0.02;
  } while (contrast(accent, tint) < READABLE);
  // Where black and white are equally readable.
  const ink = luminance(accent) > 0.179 ? BLACK : LIGHT;
  return { "--accent": `rgb(${accent})`, "--on-accent": `rgb(${ink})`, "--tint": `rgb(${tint})` };
}

function mix(from: Colour, to: Colour, part: number): Colour {
  return from.map((channel, index) => channel + ((to[index] ?? 0) - channel) * part);
}

/** WCAG's contrast of two colours, 1 to 21. */
function contrast(one: Colour, other: Colour): number {
  const ratio = (luminance(one) + 0.05) / (luminance(other) + 0.05);
  return Math.max(ratio, 1 / ratio);
}

function luminance(colour: Colour): number {
  return colour.reduce((sum, channel, index) => {
    const part = channel / 255;
    const light = part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    return sum + light * (WEIGHTS[index] ?? 0);
  }, 0);
}
