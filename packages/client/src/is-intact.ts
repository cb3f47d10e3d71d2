import type { TurnEventData } from "@orcha/contract";

/** Whether the answer arrived as the server stored it; true where that cannot be found out, as on plain http. */
export async function isIntact({ data, sha256 }: TurnEventData<"turn-end">): Promise<boolean> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle || !sha256) return true;
  const hash = await subtle.digest("SHA-256", new TextEncoder().encode(data.text));
  const bytes = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0"));
  return bytes.join("") === sha256;
}
