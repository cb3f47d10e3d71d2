import { answered, HOST, LEAVE, refused, requestLine, tooLarge, withBody } from "./raw-request.mjs";

const MB = 2 ** 20;
const BODY = '{"text":""}';
const CHUNKED = "Transfer-Encoding: chunked\r\n";
const HONEST_CHUNKS = `b\r\n${BODY}\r\n0\r\n\r\n`;
const LENGTHS = ["-1", "+11", "0x0b", "11.0", "1e1", "11;", "NaN", "", " ", "18446744073709551627"];
const CODINGS = [
  "identity",
  "gzip",
  "xchunked",
  "chunked, chunked",
  "\tchunked",
  "CHUNKED",
  "chunked\0",
];

const chunks = (/** @type {string} */ text) => withBody(CHUNKED, text);
const withLength = (/** @type {string} */ length) =>
  withBody(`Content-Length: ${length}\r\n`, BODY);

/** Requests that do not tell where their body ends, or do not keep to it: a second one may hide behind. */
export const BROKEN_BODIES = [
  refused("two lengths", withBody("Content-Length: 11\r\nContent-Length: 5\r\n", BODY)),
  answered("one length twice", withBody("Content-Length: 11\r\n".repeat(2), BODY), 200, 400),
  refused("a list of lengths", withLength("11, 11")),
  refused("a length and chunks", withBody(`Content-Length: 6\r\n${CHUNKED}`, "0\r\n\r\nX")),
  refused("chunks and a length", withBody(`${CHUNKED}Content-Length: 6\r\n`, "0\r\n\r\nX")),
  ...LENGTHS.map((length) => refused(`the length "${length}"`, withLength(length))),
  answered("a length of a terabyte", withLength("1099511627776"), 413),
  ...CODINGS.map((coding) =>
    answered(
      `the coding "${coding}"`,
      withBody(`Transfer-Encoding: ${coding}\r\n`, HONEST_CHUNKS),
      200,
      400,
      "closed",
    ),
  ),
  refused("two codings", withBody(`${CHUNKED}Transfer-Encoding: identity\r\n`, "0\r\n\r\n")),
  answered("a request where a body may be", withBody("", requestLine("GET /a HTTP/1.1")), 400, 404),
  answered(
    "a GET with a body",
    `GET /healthz HTTP/1.1\r\n${HOST}${LEAVE}Content-Length: 11\r\n\r\n${BODY}`,
    200,
  ),

  answered("honest chunks", chunks(HONEST_CHUNKS), 200),
  refused("a chunk's size that is no number", chunks(`zz\r\n${BODY}\r\n0\r\n\r\n`)),
  refused("a negative chunk", chunks(`-1\r\n${BODY}\r\n0\r\n\r\n`)),
  refused("a chunk larger than numbers", chunks(`${"f".repeat(40)}\r\n${BODY}`)),
  refused("a chunk longer than its size", chunks(`1\r\n${BODY}\r\n0\r\n\r\n`)),
  refused("a chunk that ends early", chunks(`ff\r\n${BODY}`)),
  refused("chunks that come to no end", chunks(`b\r\n${BODY}\r\n`)),
  answered("chunk sizes that end with LF", chunks(`b\n${BODY}\n0\n\n`), 200, 400),
  tooLarge("a chunk's extension of 1 MB", chunks(`b;${"x".repeat(MB)}\r\n${BODY}\r\n0\r\n\r\n`)),
  tooLarge("trailers of 1 MB", chunks(`b\r\n${BODY}\r\n0\r\nX: ${"y".repeat(MB)}\r\n\r\n`)),
  tooLarge("half a megabyte in chunks of one byte", chunks("1\r\na\r\n".repeat(MB / 2))),

  {
    name: "an honest request, byte by byte",
    pieces: [...Buffer.from(withLength("11"))].map((byte) => Uint8Array.of(byte)),
    right: [200],
  },
  refused("half a body", withLength("500")),
  answered(
    "a body that was announced and not sent",
    withBody("Content-Length: 500\r\nExpect: 100-continue\r\n", ""),
    100,
    400,
    "closed",
  ),
  answered("a body longer than announced", withLength("5"), 200, 400),
];
