import { answered, HOST, LEAVE, refused, tooLarge, withHeader } from "./raw-request.mjs";

const MB = 2 ** 20;
const STRANGE_HOSTS = [
  "",
  "[::1",
  "a b",
  "a/b",
  "@",
  "x:99999",
  "%00",
  "\xff",
  "<script>",
  "a".repeat(5000),
];
const FORWARDED =
  'X-Forwarded-For: ,,[::,\xff,\'\r\nX-Forwarded-Proto: ftp\r\nForwarded: for="_";;';

/** Requests whose headers are broken, too many or too large. */
export const BROKEN_HEADERS = [
  refused("no Host", `GET /healthz HTTP/1.1\r\n${LEAVE}\r\n`),
  answered("two Hosts", withHeader("Host: evil.example"), 200, 400),
  ...STRANGE_HOSTS.map((host) =>
    answered(
      `the Host "${host.slice(0, 20)}"`,
      `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n${LEAVE}\r\n`,
      200,
      400,
    ),
  ),
  tooLarge("a header of 1 MB", withHeader(`X-Big: ${"a".repeat(MB)}`)),
  tooLarge("ten thousand headers", withHeader(lines(10_000, (at) => `X-${at}: 1`))),
  answered("two thousand empty headers", withHeader(lines(2000, () => "a:")), 200, 400, 431),
  refused("a header without a colon", withHeader("Nonsense")),
  refused("a header without a name", withHeader(": value")),
  refused("a space before the colon", withHeader("Content-Length : 5")),
  answered("a folded header", withHeader("X-Folded: a\r\n b"), 200, 400),
  refused("a header with a NUL byte", withHeader("X-Nul: a\0b")),
  refused("a header name with bytes above ASCII", withHeader("X-\xff: a")),
  refused("a lone carriage return", withHeader("X-Cr: a\rb")),
  answered("lines that end with LF", "GET /healthz HTTP/1.1\nHost: localhost\n\n", 200, 400),
  answered("an unknown Expect", withHeader("Expect: a-miracle"), 200, 400, 417),
  answered("prototype names as headers", withHeader("__proto__: x\r\nconstructor: y"), 200),
  answered("cookies of nonsense", withHeader(`Cookie: ${"aura_v=v1.x; =; ;;".repeat(100)}`), 200),
  answered("forwarding headers of nonsense", withHeader(FORWARDED), 200),
  answered("an upgrade to a web socket", withHeader("Upgrade: websocket"), 200, 400, 426),
  answered(
    "an upgrade to HTTP/2",
    withHeader("Upgrade: h2c\r\nHTTP2-Settings: AAM"),
    200,
    400,
    426,
  ),
  refused("half a header", "GET /healthz HTTP/1.1\r\nHost: loc"),
  refused("no end of the headers", `GET /healthz HTTP/1.1\r\n${HOST}`),
];

/**
 * @param {number} count
 * @param {(at: number) => string} line
 */
function lines(count, line) {
  return Array.from({ length: count }, (_, at) => line(at)).join("\r\n");
}
