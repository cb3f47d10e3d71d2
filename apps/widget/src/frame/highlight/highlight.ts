import bash from "highlight.js/lib/languages/bash";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight } from "lowlight";

const lowlight = createLowlight({
  bash,
  csharp,
  css,
  diff,
  go,
  ini,
  java,
  javascript,
  json,
  php,
  python,
  ruby,
  rust,
  sql,
  typescript,
  xml,
  yaml,
});
lowlight.registerAlias({ bash: ["shell", "console", "curl"], typescript: ["tsx"], ini: ["env"] });

/** More than anybody reads in a chat; colouring it would keep the page waiting. */
const MAX_CHARACTERS = 20_000;

type Tree = ReturnType<typeof lowlight.highlight>;

/** Code as nodes with classes for its parts; undefined when its language is not one of these. */
export function highlight(code: string, language: string): Node[] | undefined {
  if (code.length > MAX_CHARACTERS || !lowlight.registered(language)) return undefined;
  return lowlight.highlight(language, code).children.map(toNode);
}

function toNode(part: Tree["children"][number]): Node {
  if (part.type === "text") return document.createTextNode(part.value);
  const element = document.createElement("span");
  if (part.type !== "element") return element;
  const { className } = part.properties;
  if (Array.isArray(className)) element.className = className.join(" ");
  element.append(...part.children.map(toNode));
  return element;
}
