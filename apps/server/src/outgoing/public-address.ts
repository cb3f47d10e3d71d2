import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** What the Internet's registries give to networks that everybody reaches; the rest of IPv6 is somebody's own or nobody's. */
const GLOBAL_IPV6 = ipaddr.parseCIDR("2000::/3");
/** Azure's host agent: inside of every machine there, though its address looks public. */
const CLOUD_HOST_AGENT = "168.63.129.16";

/** Whether an IP address is one that anybody on the Internet may reach: not a private, local, reserved or translated one. */
export function isPublicAddress(text: string): boolean {
  if (isIP(text) === 0) return false; // ipaddr.js would also read 127.1 and the like
  const address = ipaddr.process(text); // an IPv4 address in IPv6 clothes becomes itself
  if (address.range() !== "unicast" || address.toString() === CLOUD_HOST_AGENT) return false;
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_IPV6);
}
