const CHARSET = /<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w-]{2,40})/i;

/** The text of a file, or undefined when it is no text: UTF-8, UTF-16 with its mark, or what an HTML page declares. */
export function decodeFile(
  bytes: Uint8Array,
  options: { readonly html: boolean },
): string | undefined {
  const text = decodeUnicode(bytes) ?? (options.html ? decodeDeclared(bytes) : undefined);
  return text === undefined || text.includes("\0") ? undefined : text.toWellFormed();
}

function decodeUnicode(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decode(bytes, "utf-16le");
  if (first === 0xfe && second === 0xff) return decode(bytes, "utf-16be");
  return decode(bytes, "utf-8");
}

function decodeDeclared(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 4096));
  const charset = CHARSET.exec(head)?.[1];
  return charset && decode(bytes, charset);
}

function decode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined; // an encoding nobody knows, or bytes that are not in it
  }
}
