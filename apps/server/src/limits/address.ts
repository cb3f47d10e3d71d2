import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

export interface RequestOrigin {
  /** Of the connection; undefined once it is closed. */
  readonly socketAddress: string | undefined;
  /** The X-Forwarded-For header, as it came. */
  readonly forwardedFor: string | undefined;
  /** How many proxies of the owner's append to that header; what stands further left was written by the client. */
  readonly trustedProxies: number;
}

const QUOTED = /^"([^"]*)"$/;
const IPV4_WITH_PORT = /^(\d+(?:\.\d+){3}):\d+$/;
const IN_BRACKETS = /^\[([^\]]*)\](?::\d+)?$/;
const ZONE = /%.*$/;
const MAPPED = "::ffff:";

/**
 * The address of who asks, in its canonical form; empty when nothing tells it. Never throws: an entry that is missing or no
 * address gives way to the next one that a proxy nearer to the server wrote, in the end to the connection's.
 */
export function clientAddress({
  socketAddress = "",
  forwardedFor = "",
  trustedProxies,
}: RequestOrigin): string {
  const written = forwardedFor === "" ? [] : forwardedFor.split(",");
  const trusted = trustedProxies === 0 ? [] : written.slice(-trustedProxies);
  for (const entry of [...trusted, socketAddress]) {
    const address = canonicalAddress(entry);
    if (address !== "") return address;
  }
  return "";
}

/** What limits count as one client: an IPv4 address, or the /64 that a provider gives to one IPv6 customer. */
export function networkOf(address: string): string {
  const canonical = canonicalAddress(address);
  return isIPv6(canonical) ? ipv6Prefix(canonical, 64) : canonical;
}

/** What the audit log keeps: the network of a person's provider, not the person's. */
export function truncatedAddress(address: string): string {
  const canonical = canonicalAddress(address);
  if (isIPv6(canonical)) return ipv6Prefix(canonical, 48);
  return isIPv4(canonical) ? canonical.replace(/\d+$/, "0/24") : "";
}

function ipv6Prefix(address: string, bits: 48 | 64): string {
  const groups = ipaddr.IPv6.parse(address).parts.fill(0, bits / 16);
  return `${new ipaddr.IPv6(groups).toString()}/${bits}`;
}

/** Empty for what is no address. An IPv4 address written as IPv6 is the IPv4 address. */
function canonicalAddress(entry: string): string {
  if (isIPv4(entry)) return entry;
  const text = entry.trim().replace(QUOTED, "$1");
  const bare = IPV4_WITH_PORT.exec(text)?.[1] ?? IN_BRACKETS.exec(text)?.[1] ?? text;
  const mapped = bare.startsWith(MAPPED) ? bare.slice(MAPPED.length) : bare;
  if (isIPv4(mapped)) return mapped;
  const withoutZone = bare.replace(ZONE, "");
  // Node's own check first: the parser takes octal and hexadecimal spellings besides, which are no proxy's.
  return isIPv6(withoutZone) ? ipaddr.process(withoutZone).toString() : "";
}
