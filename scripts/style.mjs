const MAX_LINES = 200;
const CODE = /\.(?:tsx?|mjs)$/;
// A migration is written once and read as a list.
const MAY_BE_LONG = /\.test\.tsx?$|\/testing\/|\/migrations\//;

/** @type {readonly { not: RegExp, why: string }[]} */
const WORDS = [
  { not: /\b(TOD[O]|FIXM[E]|XX[X])\b/, why: "finish it, or open an issue" },
  {
    // Written with brackets so that this file does not object to itself.
    not: /(?<![\w.:/-])\/(?:[h]ome|[U]sers|[r]oot|[w]ork|[w]orkspaces?)\/\w/,
    why: "names a path of somebody's machine",
  },
  { not: /\.\.\/[s]hared\//, why: "reaches outside of the repository" },
  { not: /^(<{7}|>{7}) /, why: "a merge conflict" },
];
const VAGUE_NAMES = /(?:^|\/)(utils?|helpers?|common|services|types|misc)(?:\/|\.\w+$)/;

/**
 * What a reader would stumble over: files too long, names that say nothing, words that must not be shipped.
 *
 * @param {readonly import("./repository-files.mjs").SourceFile[]} files
 */
export function styleProblems(files) {
  return files.flatMap((file) => [
    ...lengthProblems(file),
    ...nameProblems(file),
    ...wordProblems(file),
  ]);
}

/** @param {import("./repository-files.mjs").SourceFile} file */
function lengthProblems({ path, text }) {
  const lines = text.split("\n").length - 1;
  if (!CODE.test(path) || MAY_BE_LONG.test(path) || lines <= MAX_LINES) return [];
  return [`${path}: ${lines} lines, at most ${MAX_LINES}: look for the second thing in it`];
}

/** @param {import("./repository-files.mjs").SourceFile} file */
function nameProblems({ path }) {
  const vague = VAGUE_NAMES.exec(path)?.[1];
  return vague && CODE.test(path) ? [`${path}: "${vague}" does not say what is in it`] : [];
}

/** @param {import("./repository-files.mjs").SourceFile} file */
function wordProblems({ path, text }) {
  return text
    .split("\n")
    .flatMap((line, index) =>
      WORDS.filter((word) => word.not.test(line)).map(
        (word) => `${path}:${index + 1}: ${word.not.exec(line)?.[0]}: ${word.why}`,
      ),
    );
}
