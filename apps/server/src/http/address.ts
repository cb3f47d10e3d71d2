import type { Logger } from "pino";
import { clientAddress } from "../limits/address.ts";
import type { RequestContext } from "./context.ts";

/** The address of who asks, as the owner's proxies tell it. */
export type AddressReader = (c: RequestContext) => string;

/**
 * Makes the function that reads it.
 *
 * @param trustedProxies undefined trusts none, and says loudly once that there seem to be some
 */
export function createAddressReader(
  trustedProxies: number | undefined,
  log: Pick<Logger, "warn">,
): AddressReader {
  let isWarned = trustedProxies !== undefined;
  return (c) => {
    const forwardedFor = c.req.header("x-forwarded-for");
    if (forwardedFor !== undefined && !isWarned) {
      isWarned = true;
      log.warn(
        "A proxy seems to stand before this server, so all visitors share one address and its limits. Set ORCHA_TRUSTED_PROXIES to the number of your proxies, or to 0.",
      );
    }
    return clientAddress({
      socketAddress: c.env.incoming.socket.remoteAddress,
      forwardedFor,
      trustedProxies: trustedProxies ?? 0,
    });
  };
}
