import { importsOf } from "./imports.mjs";

/**
 * Who may import whom. A rule looks at the files `in`, except those that `except` names, and objects to imports that
 * `not` matches (or that `only` does not match); `types: true` lets type-only imports pass.
 *
 * @typedef {{ in: RegExp, except?: RegExp, not?: RegExp, only?: RegExp, types?: RegExp, why: string }} Rule
 * @type {readonly Rule[]}
 */
const RULES = [
  {
    in: /^packages\/contract\//,
    only: /^packages\/contract\/|^npm:zod$/,
    why: "contract imports zod and nothing else",
  },
  {
    in: /^packages\/client\//,
    only: /^packages\/client\//,
    types: /^packages\/contract\//,
    why: "client has no dependency; of contract it may import types",
  },
  wrapper("react", /^npm:react$/),
  wrapper("vue", /^npm:vue$/),
  wrapper("web-component"),
  {
    in: /^apps\/widget\/src\//,
    not: /^apps\/server\/|^packages\/contract\/|^npm:(zod|hono)\b|^node:/,
    types: /^packages\/contract\//,
    why: "widget talks to the server through client; of contract it may import types",
  },
  {
    in: /^apps\/console\/src\//,
    not: /^apps\/(server|widget)\/|^packages\/contract\/|^npm:(zod|hono)\b|^node:/,
    types: /^packages\/contract\//,
    why: "console talks to the server over the wire; of contract it may import types",
  },
  {
    in: /^apps\/server\//,
    not: /^apps\/(widget|console)\/|^packages\/(?!contract\/)/,
    why: "server knows neither widget, console nor what pages build in",
  },
  {
    in: /^apps\/server\//,
    except:
      /^apps\/server\/src\/((http|commands)\/|(app|routes|gate|wiring|housekeeping|server|main)\.ts$)/,
    not: /^npm:(hono|@hono)\b/,
    why: "hono stays in http/, app.ts and server.ts",
  },
  {
    in: /^apps\/server\//,
    except: /^apps\/server\/src\/(db\/|.*\/([\w-]+-)?store\.ts$)/,
    not: /^npm:kysely\b/,
    why: "SQL stands in stores and in db/",
  },
  {
    in: /^apps\/server\//,
    except: /^apps\/server\/src\/db\//,
    not: /^npm:(libsql|pg)\b/,
    why: "database drivers stay in db/",
  },
  {
    in: /^apps\/server\//,
    except: /^apps\/server\/src\/models\//,
    not: /^npm:@ai-sdk\//,
    why: "providers' SDKs stay in models/",
  },
  {
    in: /^apps\/server\/src\//,
    except:
      /^apps\/server\/src\/((http|commands)\/|(app|routes|gate|wiring|housekeeping|server|main)\.ts$)/,
    not: /^apps\/server\/src\/http\//,
    why: "nothing below http/ knows it",
  },
  {
    in: /^apps\/server\/src\/http\//,
    not: /^apps\/server\/src\/(db|models|retrieval)\//,
    types: /^apps\/server\/src\/db\/database\.ts$/,
    why: "http/ reaches storage and models through the domain",
  },
  {
    in: /^apps\/server\/src\/db\//,
    not: /^apps\/server\/src\/(?!db\/)/,
    why: "db/ is the lowest layer",
  },
  {
    in: /^apps\/server\/src\/config\//,
    not: /^apps\/server\/src\/(?!config\/)/,
    why: "config/ depends on nothing of the server",
  },
  {
    in: /^apps\/server\/src\/turns\//,
    not: /^apps\/server\/src\/(models|retrieval)\//,
    why: "turns/ declares the ports; what implements them is wired in main.ts",
  },
  {
    in: /^apps\/server\/src\/(models|retrieval)\//,
    not: /^apps\/server\/src\/turns\/(?!ports\.ts$)/,
    why: "models/ and retrieval/ know the ports of turns/ only",
  },
  {
    in: /^apps\/server\/src\//,
    not: /^apps\/server\/src\/main\.ts$/,
    why: "main.ts is the root: nothing imports it",
  },
  {
    in: /^(apps|packages)\/[\w-]+\/src\//,
    not: /\/testing\/|\.test\.tsx?$/,
    why: "the product does not import its tests",
  },
];

/**
 * What a page's framework needs around the widget, and no more.
 *
 * @param {string} name
 * @param {RegExp} framework
 * @returns {Rule}
 */
function wrapper(name, framework = /^$/) {
  return {
    in: new RegExp(`^packages/${name}/`),
    only: new RegExp(`^packages/(${name}|widget)/|${framework.source}`),
    why: `${name} wraps @orcha/widget for its framework and knows nothing else`,
  };
}

/**
 * Words that belong to one place.
 *
 * @type {readonly { in: RegExp, except: RegExp, not: RegExp, why: string }[]}
 */
const TEXT_RULES = [
  {
    in: /^apps\/server\//,
    except: /^apps\/server\/src\/(db\/|.*\/([\w-]+-)?store\.ts$)/,
    not: /\.(selectFrom|insertInto|updateTable|deleteFrom|mergeInto|replaceInto)\(/,
    why: "SQL stands in stores and in db/",
  },
  {
    in: /^apps\/server\/src\//,
    except: /^apps\/server\/src\/main\.ts$/,
    not: /\bimport\.meta\.(url|dirname|filename)\b/,
    why: "bundled code moves to another file: only main.ts may look for files beside itself",
  },
];

const CODE = /\.(?:tsx?|mjs)$/;
const TESTS = /\.test\.tsx?$|\/testing\//;

/**
 * Every import and word that stands where it must not, as `file:line: target: why`.
 *
 * @param {readonly import("./repository-files.mjs").SourceFile[]} files
 */
export function boundaryProblems(files) {
  return files
    .filter((file) => CODE.test(file.path) && !TESTS.test(file.path))
    .flatMap((file) => [...importProblems(file), ...textProblems(file)]);
}

/** @param {import("./repository-files.mjs").SourceFile} file */
function importProblems(file) {
  const rules = RULES.filter((rule) => rule.in.test(file.path) && !rule.except?.test(file.path));
  return importsOf(file).flatMap((found) =>
    rules
      .filter((rule) => objects(rule, found))
      .map((rule) => `${file.path}:${found.line}: imports ${found.target}: ${rule.why}`),
  );
}

/**
 * @param {Rule} rule
 * @param {import("./imports.mjs").Import} found
 */
function objects(rule, { target, typeOnly }) {
  if (typeOnly && rule.types?.test(target)) return false;
  return rule.only ? !rule.only.test(target) : Boolean(rule.not?.test(target));
}

/** @param {import("./repository-files.mjs").SourceFile} file */
function textProblems({ path, text }) {
  const rules = TEXT_RULES.filter((rule) => rule.in.test(path) && !rule.except.test(path));
  return text
    .split("\n")
    .flatMap((line, index) =>
      rules
        .filter((rule) => rule.not.test(line) && !/^\s*(\*|\/\/)/.test(line))
        .map((rule) => `${path}:${index + 1}: ${rule.not.exec(line)?.[0]}: ${rule.why}`),
    );
}
