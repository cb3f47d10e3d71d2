// Values that no field, parameter or header is meant to have.

const LONG = 10_000;

/** Texts, as a program that hates us would choose them. */
const TEXTS = [
  "",
  " ",
  "\t\n",
  "0",
  "-1",
  "01",
  "1e3",
  "0x10",
  "1.5",
  "9007199254740993",
  "NaN",
  "Infinity",
  "null",
  "undefined",
  "true",
  "*",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "<script>alert(1)</script>",
  "'; drop table turns; --",
  "%' or 1=1 --",
  "../../../etc/passwd",
  "#{7*7}{{7*7}}",
  "javascript:alert(1)",
  "http://[::1",
  "http://169.254.169.254/latest/meta-data/",
  "2026-13-45T99:99:99Z",
  "visitor:x",
  "user:-1",
  "orcha_sk_",
  "e30.e30.e30",
  "\u0000",
  "\ufeff",
  "\u202edesrever",
  "\u2028",
  "\ud83d\ude00".repeat(50),
  "e\u0301".repeat(500),
  "ﷺ".repeat(500),
  "a".repeat(LONG),
];

/** JSON that JSON.stringify would not write, or that is meant to hurt who reads it. */
const FRAGMENTS = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "-1",
  "1.5",
  "1e999",
  "-1e999",
  "1e-400",
  "9007199254740993",
  "9".repeat(400),
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  "[]",
  "[null]",
  "{}",
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"toString":1,"valueOf":2,"toJSON":3}',
  '{"length":1e9}',
  '{"then":1}',
  '{"":{"":{"":""}}}',
  `${"[".repeat(500)}${"]".repeat(500)}`,
  `${'{"a":'.repeat(500)}1${"}".repeat(500)}`,
  `[${"0,".repeat(LONG)}0]`,
  `{${Array.from({ length: 1000 }, (_, at) => `"k${at}":0`).join(",")}}`,
];

/** As JSON text, for the fields of bodies. */
export const STRANGE_JSON = [...FRAGMENTS, ...TEXTS.map((text) => JSON.stringify(text))];

/** What percent-encoding is abused for. */
const ENCODED = [
  "%",
  "%zz",
  "%00",
  "%0d%0aX-Injected:%201",
  "%c0%af",
  "%ff%fe",
  "%ed%a0%80",
  "..%2f..%2f",
  "%252e%252e",
  ";a=b",
  "&a=b&a[]=c",
  "+",
  "[]",
  ".",
];

/** As raw text between two separators, for paths and queries. */
export const STRANGE_IN_ADDRESS = [
  ...ENCODED,
  ...TEXTS.map((text) => encodeURIComponent(text.replace(/\ud83d|\ude00/g, "!"))),
];

/** As raw bytes, for the values of headers: whatever may stand in one at all. */
export const STRANGE_IN_HEADERS = [
  ...ENCODED,
  "\xff\xfe",
  "a\tb",
  '"',
  "Bearer",
  "Bearer ",
  "Bearer a.b.c",
  "Basic eDp5",
  "v1..",
  `v1.${"A".repeat(32)}.${"A".repeat(43)}`,
  "1:1",
  "-1:-1",
  "1:1e999",
  ":",
  ...TEXTS.map((text) => Buffer.from(text.replace(/[\0\r\n]/g, ""), "utf8").toString("latin1")),
];
