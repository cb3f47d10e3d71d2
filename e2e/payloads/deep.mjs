const HOSTILE = "<img src=@U onerror=@X>";
const LINK = "[x](javascript:@X)";

/** Long and nested ones, each with something hostile in its depth. Whoever reads them in more than linear time is stuck. @type {readonly string[]} */
export const DEEP = [
  ...["*", "_", "~~", "**", "`", "[", "![", "(", "<", "&", "\\", "](", "<br", "&lt;", "h", "|"].map(
    (mark) => mark.repeat(3_000) + HOSTILE,
  ),
  ...["> ", "- ", "1. ", "> - ", "#", "    "].map((mark) => mark.repeat(500) + HOSTILE),
  `${"[".repeat(2_000)}x${"](javascript:@X)".repeat(200)}`,
  `${"**a _b ".repeat(700)}${LINK}`,
  `${"*a **b ".repeat(700)}${LINK}${"** *".repeat(700)}`,
  `${"![".repeat(900)}x${"](@U)".repeat(120)}`,
  `${"`".repeat(1_500)} ${HOSTILE} ${"`".repeat(1_499)}`,
  Array.from({ length: 80 }, (_, at) => `${"`".repeat(at + 1)}x`).join(" ") + HOSTILE,
  `${"|".repeat(1_500)}\n${"|-".repeat(750)}|\n${HOSTILE}|`,
  `|x|\n|-|\n${`|${LINK}|\n`.repeat(150)}`,
  Array.from({ length: 60 }, (_, at) => `${"  ".repeat(at)}- ${LINK}`).join("\n"),
  Array.from({ length: 60 }, (_, at) => `${">".repeat(at + 1)} ${LINK}`).join("\n"),
  `${"```\n".repeat(801)}${HOSTILE}`,
  "<div>".repeat(1_200) + HOSTILE,
  `${"<svg><desc>".repeat(400)}${HOSTILE}`,
  `${"<table><td>".repeat(400)}${HOSTILE}`,
  `https://@H/${"(".repeat(3_000)}`,
  `https://@H/${"a.".repeat(3_000)}`,
  `[x](https://@H/${"a".repeat(6_000)})`,
  `https://${"a.".repeat(2_000)}@H/`,
  `${"[1]".repeat(1_500)}${LINK}`,
  `${"[1, ".repeat(1_200)}${LINK}`,
  `${"a\u0301".repeat(2_500)}${HOSTILE}`,
  `${"\u202e\u2066".repeat(1_500)}${LINK}`,
  `${"x".repeat(7_000)}${HOSTILE}`,
  `${"\n".repeat(5_000)}${HOSTILE}`,
  `${" \n".repeat(2_500)}${LINK}`,
  `${"a  \n".repeat(1_200)}${LINK}`,
  `${"\\\n".repeat(2_000)}${LINK}`,
];
