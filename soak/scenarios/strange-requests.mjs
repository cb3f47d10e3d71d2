import { HOST, LEAVE } from "./raw-request.mjs";
import { STRANGE_IN_ADDRESS, STRANGE_IN_HEADERS, STRANGE_JSON } from "./strange-values.mjs";

/**
 * A request that is right but for one value. `credentials` are header lines; `query` and `fill` give what stands in the address otherwise.
 *
 * @typedef {import("./api-operations.mjs").Operation} Operation
 * @typedef {{ name: string, pieces: Buffer[] }} StrangeRequest
 * @typedef {{ credentials: (operation: Operation) => readonly string[], query: (operation: Operation) => string, fill: (name: string, path: string) => string }} Known
 */

/** Headers that any route may read, beside those that its description names. */
const HEADERS = [
  "Authorization",
  "Cookie",
  "Origin",
  "Accept",
  "Content-Type",
  "X-Forwarded-For",
  "X-Aura-Visitor",
  "Idempotency-Key",
  "Last-Event-ID",
];
const PLACEHOLDER = "@strange@";

/**
 * Every place of every operation with every strange value.
 *
 * @param {readonly Operation[]} operations
 * @param {Known} known
 * @returns {Generator<StrangeRequest>}
 */
export function* strangeRequests(operations, known) {
  for (const operation of operations) {
    const write = (/** @type {string} */ what, /** @type {Partial<Parts>} */ parts) => ({
      name: `${operation.method} ${operation.path}: ${what}`,
      pieces: writeRequest(operation, known, parts),
    });
    for (const name of namesInPath(operation.path)) {
      for (const value of STRANGE_IN_ADDRESS) {
        yield write(`{${name}} = ${value}`, {
          path: fillPath(operation, known, { [name]: value }),
        });
      }
    }
    for (const name of operation.inQuery) {
      for (const value of STRANGE_IN_ADDRESS) {
        yield write(`?${name}=${value}`, { query: `${name}=${value}` });
        yield write(`?${name}=1&${name}=${value}`, { query: `${name}=1&${name}=${value}` });
      }
    }
    for (const name of new Set([...HEADERS, ...operation.inHeaders])) {
      for (const value of STRANGE_IN_HEADERS) {
        yield write(`${name}: ${value}`, { header: `${name}: ${value}\r\n` });
      }
    }
    for (const body of new Set(operation.bodies.flatMap((usual) => [...strangeBodies(usual)]))) {
      yield write(body.slice(0, 300), { body });
    }
  }
}

/** @param {unknown} body */
function* strangeBodies(body) {
  for (const value of STRANGE_JSON) {
    yield value;
    for (const changed of withPlaceholder(body)) {
      yield JSON.stringify(changed).replace(`"${PLACEHOLDER}"`, () => value);
    }
  }
}

/**
 * Copies of a value, each with another part replaced.
 *
 * @param {unknown} value
 * @returns {Generator<unknown>}
 */
function* withPlaceholder(value) {
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const put = (/** @type {unknown} */ part) =>
      Array.isArray(value) ? value.with(Number(name), part) : { ...value, [name]: part };
    yield put(PLACEHOLDER);
    for (const changed of withPlaceholder(inner)) yield put(changed);
  }
}

/** @typedef {{ path: string, query: string, header: string, body: string }} Parts */

/**
 * @param {Operation} operation
 * @param {Known} known
 * @param {Partial<Parts>} parts
 */
function writeRequest(operation, known, parts) {
  const { path = fillPath(operation, known), query = "", header = "" } = parts;
  const usualQuery = known.query(operation);
  const isReplaced = query.split("=")[0] === usualQuery.split("=")[0];
  const wholeQuery = [isReplaced ? "" : usualQuery, query].filter(Boolean).join("&");
  const body = parts.body ?? JSON.stringify(operation.bodies[0]) ?? "";
  const bytes = Buffer.from(body);
  const hasBody = bytes.length > 0;
  const usual = [
    HOST,
    LEAVE,
    ...known.credentials(operation).map((line) => `${line}\r\n`),
    ...(hasBody
      ? ["Content-Type: application/json\r\n", `Content-Length: ${bytes.length}\r\n`]
      : []),
  ];
  const kept = usual.filter((line) => nameOf(line) !== nameOf(header));
  const address = `${path}${wholeQuery && `?${wholeQuery}`}`;
  const head = `${operation.method} ${address} HTTP/1.1\r\n${kept.join("")}${header}\r\n`;
  return [Buffer.from(head, "latin1"), bytes];
}

/** @param {string} header */
function nameOf(header) {
  return header.split(":")[0]?.toLowerCase();
}

/** @param {string} path */
function namesInPath(path) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
}

/**
 * @param {Operation} operation
 * @param {Known} known
 * @param {Record<string, string>} values
 */
function fillPath({ path }, known, values = {}) {
  return path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? known.fill(name, path));
}
