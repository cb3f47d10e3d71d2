import { gzipSync } from "node:zlib";

/** @typedef {{ body: Buffer, type?: string, headers?: string }} MalformedBody */

const HONEST = Buffer.from(
  JSON.stringify({
    text: "Is the shop open? 多くの言葉 😀",
    conversation_id: 123456789,
    user_id: "1",
    tenant_id: "external_widget",
    use_rag: true,
    context: { url: "https://shop.example/a?b=c", title: "Shop", data: { a: [1, 2, { b: null }] } },
  }),
);
const DEPTH = 50_000;
const ALMOST_TOO_LARGE = 255 * 1024;

/** Bodies that are whole, but no JSON object, or one that is not sent as such. @type {readonly MalformedBody[]} */
const WHOLE = [
  ...[
    "",
    " ",
    "null",
    "true",
    "0",
    '"text"',
    "[]",
    "[{}]",
    "undefined",
    "NaN",
    "{",
    "}",
    "{}{}",
    "\0",
  ],
  ...["{text:1}", "{'text':'a'}", '{"text":"a",}', '{"text":"a"}//', '{"text":01}', '{"text":+1}'],
  ...[
    '{"text":"a" "b":1}',
    '{"text":"\t"}',
    '{"text":"\\x41"}',
    '{"text":"\\u12"}',
    '{"text":"a"}\0',
  ],
  ...[`${"[".repeat(DEPTH)}`, `${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`, '{"a":'.repeat(DEPTH)],
  ...[
    `{"a":${'{"a":'.repeat(DEPTH / 2)}1${"}".repeat(DEPTH / 2)}}`,
    `{"text":${"9".repeat(ALMOST_TOO_LARGE)}}`,
  ],
  ...['"'.repeat(ALMOST_TOO_LARGE), "\\".repeat(ALMOST_TOO_LARGE), " ".repeat(ALMOST_TOO_LARGE)],
  ...[
    "text=a&conversation_id=1",
    "<text>a</text>",
    "--a\r\nContent-Disposition: form-data\r\n\r\na\r\n--a--",
  ],
]
  .map((text) => ({ body: Buffer.from(text) }))
  .concat(
    [
      Buffer.from("\ufeff{}"),
      Buffer.from('{"text":"a"}', "utf16le"),
      Buffer.from('\xfe\xff{"text":"a"}', "latin1"),
      Buffer.from('{"text":"\xff\xc0\xaf\xed\xa0\x80"}', "latin1").subarray(0, -1),
      gzipSync(HONEST),
      Buffer.alloc(ALMOST_TOO_LARGE, 0xff),
      Buffer.alloc(300 * 1024, "a"),
    ].map((body) => ({ body })),
  );

/** The right body under a wrong name. @type {readonly MalformedBody[]} */
const MISNAMED = [
  ...["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"],
  ...[
    "application/jsonp",
    "application/json2; a",
    "text/html",
    "*/*",
    "application/",
    "\xff",
    "a".repeat(2000),
  ],
].map((type) => ({ body: HONEST, type }));

/**
 * So many bodies that are no request: the ones above, then the honest one damaged in as many ways as are asked for. The same
 * seed gives the same bodies.
 *
 * @param {number} count
 * @param {number} seed
 * @returns {MalformedBody[]}
 */
export function malformedBodies(count, seed) {
  const random = randomNumbers(seed);
  const encoded = { body: gzipSync(HONEST), headers: "Content-Encoding: gzip\r\n" };
  const fixed = [...WHOLE, ...MISNAMED, encoded];
  const damaged = Array.from({ length: Math.max(0, count - fixed.length) }, () => ({
    body: damage(random),
  }));
  return [...fixed, ...damaged].slice(0, count);
}

/**
 * The honest body with some bytes cut out, doubled, changed or put in, cut off, or random bytes altogether. It may still be
 * JSON by chance.
 *
 * @param {(below: number) => number} random
 */
function damage(random) {
  let body = Buffer.from(HONEST);
  for (let times = 1 + random(4); times > 0; times -= 1) {
    const at = random(body.length + 1);
    const to = Math.min(body.length, at + 1 + random(20));
    const noise = Buffer.from(Array.from({ length: 1 + random(6) }, () => random(256)));
    const ways = [
      () => [body.subarray(0, at), body.subarray(to)],
      () => [body.subarray(0, to), body.subarray(at)],
      () => [body.subarray(0, at), noise, body.subarray(to)],
      () => [body.subarray(0, at), noise, body.subarray(at)],
      () => [body.subarray(0, at)],
      () => [body.subarray(0, at), Buffer.from('{}[]",:\\'.charAt(random(8))), body.subarray(at)],
      () => [Buffer.from(Array.from({ length: random(400) }, () => random(256)))],
    ];
    body = Buffer.concat(ways[random(ways.length)]?.() ?? []);
  }
  return body;
}

/**
 * Numbers that look random and are the same each time (mulberry32).
 *
 * @param {number} seed
 */
function randomNumbers(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
