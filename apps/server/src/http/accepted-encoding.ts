/** How a body may be compressed; the smallest form first. */
const ENCODINGS = ["br", "gzip"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** The smallest form that a browser takes; undefined is uncompressed. */
export function acceptedEncoding(header = ""): Encoding | undefined {
  const accepted = header
    .split(",")
    .filter((part) => !/;\s*q=0(?:\.0*)?\s*$/.test(part))
    .map((part) => part.split(";")[0]?.trim());
  return ENCODINGS.find((encoding) => accepted.includes(encoding));
}
