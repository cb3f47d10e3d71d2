// What the bundler is told besides its options.
import { readFile } from "node:fs/promises";
import { transform } from "esbuild";

const CSS_TARGET = ["chrome111", "firefox113", "safari16.4"];

/**
 * Makes one script of the frame and of what it shares with later parts, where the bundler would make two: a file goes into a
 * chunk by the entries that reach it, and so the later parts, which all import the kit, are made to reach all of the frame.
 *
 * @type {import("esbuild").Plugin}
 */
export const oneScript = {
  name: "one-script",
  setup(builder) {
    builder.onLoad({ filter: /[\\/]frame[\\/]kit\.ts$/ }, async ({ path: file }) => {
      const code = await readFile(file, "utf8");
      return { contents: `${code}\nimport "./main.tsx";`, loader: "ts" };
    });
  },
};

/**
 * Gives every file with JSX what makes elements, and no other file: what is loaded later would drag it along.
 *
 * @type {import("esbuild").Plugin}
 */
export const jsxFactory = {
  name: "jsx-factory",
  setup(builder) {
    builder.onLoad({ filter: /\.tsx$/ }, async ({ path: file }) => {
      const code = await readFile(file, "utf8");
      return { contents: `${code}\nimport { Fragment, h } from "preact";`, loader: "tsx" };
    });
  },
};

/** @type {import("esbuild").Plugin} */
export const minifiedCssText = {
  name: "minified-css-text",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, async ({ path: file }) => {
      const css = await readFile(file, "utf8");
      const { code } = await transform(css, { loader: "css", minify: true, target: CSS_TARGET });
      // Spaces that esbuild keeps in the values of custom properties and around a slash.
      const tight = code.trim().replace(/([:,]) (?=var|env|#|\.?\d)| (\/) /g, "$1$2");
      return { contents: tight, loader: "text" };
    });
  },
};

/**
 * Leaves an import to a file that has been built already.
 *
 * @param {RegExp} filter
 * @param {string} file
 * @returns {import("esbuild").Plugin}
 */
export function elsewhere(filter, file) {
  return {
    name: "elsewhere",
    setup(builder) {
      builder.onResolve({ filter }, () => ({ path: `./${file}`, external: true }));
    },
  };
}
