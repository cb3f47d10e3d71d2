import { type LookupAddress, lookup as lookUpBySystem } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { isPublicAddress } from "./public-address.ts";

/** All addresses of a name. */
export type Lookup = (
  hostname: string,
  callback: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export interface GuardedConnectorOptions {
  /** Whether a host may have any address. */
  readonly isAllowedHost: (hostname: string, port: string) => boolean;
  readonly lookup?: Lookup | undefined;
  readonly timeoutMs: number;
}

/** A connection would go to an address that is nobody's business from outside. */
class PrivateAddressError extends Error {
  override readonly name = "PrivateAddressError";
}

/**
 * Connects to public addresses only. Three gates, because each has a way around it: literal addresses are never looked up;
 * a name that has a single private address is refused as a whole; and what the socket reached is looked at once more.
 */
export function guardedConnector(options: GuardedConnectorOptions): buildConnector.connector {
  const lookUp = options.lookup ?? lookUpAll;
  const free = buildConnector({ timeout: options.timeoutMs, lookup: asNodeLookup(lookUp) });
  const guarded = buildConnector({
    timeout: options.timeoutMs,
    lookup: asNodeLookup(publicOnly(lookUp)),
  });

  return (target, callback) => {
    const { hostname, port, protocol } = target;
    const visiblePort = port || (protocol === "https:" ? "443" : "80");
    if (options.isAllowedHost(hostname.toLowerCase(), visiblePort)) return free(target, callback);
    const literal = hostname.replace(/^\[(.*)\]$/, "$1");
    if (isIP(literal) !== 0 && !isPublicAddress(literal)) {
      return callback(new PrivateAddressError("A private address"), null);
    }
    return guarded(target, (error, socket) => {
      if (error) return callback(error, null);
      if (isPublicAddress(socket.remoteAddress ?? "")) return callback(null, socket);
      socket.destroy();
      return callback(new PrivateAddressError("Connected to a private address"), null);
    });
  };
}

function publicOnly(lookUp: Lookup): Lookup {
  return (hostname, callback) =>
    lookUp(hostname, (error, addresses) => {
      if (error) return callback(error, []);
      const isPublic = addresses.every(({ address }) => isPublicAddress(address));
      if (isPublic) callback(null, addresses);
      else callback(new PrivateAddressError("A name of a private address"), []);
    });
}

function lookUpAll(hostname: string, callback: Parameters<Lookup>[1]): void {
  lookUpBySystem(hostname, { all: true }, callback);
}

/** Node asks for one address or for all of them. */
function asNodeLookup(lookUp: Lookup): LookupFunction {
  return (hostname, { all }, callback) => {
    lookUp(hostname, (error, addresses) => {
      if (error) return callback(error, "", 0);
      const [first] = addresses;
      if (!first) return callback(new Error("A name without an address"), "", 0);
      if (all) return callback(null, [...addresses], 0);
      return callback(null, first.address, first.family);
    });
  };
}
