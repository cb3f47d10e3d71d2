/** What they hold is no text of the document. */
export const DROPPED = new Set([
  ...["nav", "aside", "script", "style", "form", "template", "noscript", "svg", "math", "iframe"],
  ...[
    "object",
    "canvas",
    "video",
    "audio",
    "button",
    "select",
    "textarea",
    "input",
    "head",
    "dialog",
  ],
]);
/** Parts of a page that surround its content, by their role. */
export const DROPPED_ROLES = new Set([
  "navigation",
  "banner",
  "contentinfo",
  "search",
  "complementary",
]);
/** Their text belongs to the line around them; every other element ends the line. */
export const INLINE = new Set([
  ...[
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "big",
    "cite",
    "code",
    "data",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "img",
  ],
  ...[
    "ins",
    "kbd",
    "label",
    "mark",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strike",
  ],
  ...["strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "output", "picture"],
]);
/** A table row that holds these lays the page out and is no row of data. */
export const LAYOUT = "table, h1, h2, h3, h4, pre, li, p + p";
