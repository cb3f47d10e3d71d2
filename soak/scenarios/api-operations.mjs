/**
 * One operation of the API, as its OpenAPI document tells: where values may stand, and bodies: the first with as little in it
 * as may be, the second with every field that there is.
 *
 * @typedef {{ method: string, path: string, inQuery: readonly string[], inHeaders: readonly string[], bodies: readonly unknown[] }} Operation
 * @typedef {{ [name: string]: any }} Json
 */

const METHODS = ["get", "post", "put", "patch", "delete"];
const MAX_DEPTH = 6;

/**
 * Every operation that a server says it has, so that a new route is asked by itself.
 *
 * @param {string} origin
 * @returns {Promise<Operation[]>}
 */
export async function findOperations(origin) {
  const document = /** @type {Json} */ (await (await fetch(`${origin}/openapi.json`)).json());
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) =>
      readOperation(document, method, path, item[method]),
    ),
  );
}

/**
 * @param {Json} document
 * @param {string} method
 * @param {string} path
 * @param {Json} operation
 * @returns {Operation}
 */
function readOperation(document, method, path, operation) {
  /** @type {Json[]} */
  const parameters = (operation.parameters ?? []).map((/** @type {Json} */ one) =>
    resolve(document, one),
  );
  const namesIn = (/** @type {string} */ place) =>
    parameters.filter((one) => one.in === place).map((one) => String(one.name));
  const schema = operation.requestBody?.content?.["application/json"]?.schema;
  return {
    method: method.toUpperCase(),
    path,
    inQuery: namesIn("query"),
    inHeaders: namesIn("header"),
    bodies: schema ? [exampleOf(document, schema, true), exampleOf(document, schema, false)] : [],
  };
}

/**
 * A value of a schema.
 *
 * @param {Json} document
 * @param {Json} given
 * @param {boolean} isSmall what has a default keeps it
 * @returns {unknown}
 */
function exampleOf(document, given, isSmall, depth = 0) {
  const schema = resolve(document, given);
  if (depth > MAX_DEPTH) return null;
  if (isSmall && "default" in schema) return schema.default;
  if ("const" in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return exampleOf(document, choices[0], isSmall, depth + 1);
  const parts = [schema, ...(schema.allOf ?? [])].map((part) => resolve(document, part));
  if (parts.some(({ properties }) => properties)) {
    const fields = parts.flatMap(({ properties }) => Object.entries(properties ?? {}));
    return Object.fromEntries(
      fields.map(([name, field]) => [name, exampleOf(document, field, isSmall, depth + 1)]),
    );
  }
  return simpleExample(document, schema, isSmall, depth);
}

/**
 * @param {Json} document
 * @param {Json} schema
 * @param {boolean} isSmall
 * @param {number} depth
 */
function simpleExample(document, schema, isSmall, depth) {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "array") {
    return schema.items ? [exampleOf(document, schema.items, isSmall, depth + 1)] : [];
  }
  if (type === "integer" || type === "number") return Math.max(1, schema.minimum ?? 1);
  if (type === "boolean") return false;
  if (type === "object") return {};
  return type === "null" ? null : stringExample(schema);
}

/** @param {Json} schema */
function stringExample({ format, minLength = 1 }) {
  if (format === "email") return "somebody@shop.example";
  if (format === "uri") return "https://shop.example/";
  if (format === "date-time") return "2099-11-22T12:00:00Z";
  return format === "date" ? "2026-11-22" : "a".repeat(minLength);
}

/**
 * @param {Json} document
 * @param {Json} given
 * @returns {Json}
 */
function resolve(document, given) {
  if (typeof given?.$ref !== "string") return given ?? {};
  const found = given.$ref
    .slice("#/".length)
    .split("/")
    .reduce((/** @type {Json} */ inner, /** @type {string} */ name) => inner?.[name], document);
  return resolve(document, found ?? {});
}
