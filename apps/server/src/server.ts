import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { createApp } from "./app.ts";
import { createGate } from "./gate.ts";
import { startHousekeeping } from "./housekeeping.ts";
import type { Route } from "./http/access/route.ts";
import { createAddressReader } from "./http/address.ts";
import { apiRoutes } from "./routes.ts";
import type { TenantResolver } from "./tenants/resolve-tenant.ts";
import { prepareDatabase } from "./tenants/set-up.ts";
import { startUpkeep } from "./turns/upkeep.ts";
import { createServices, type ServiceParts } from "./wiring.ts";

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;

export interface ServerParts extends ServiceParts {
  readonly version: string;
  /** What is served beside the API: the widget's files, and the demo page where it is wanted. */
  readonly pages: (resolveTenant: TenantResolver) => Promise<readonly Route[]>;
}

/** A server that takes requests. It does not own the parts it was given. */
export interface RunningServer {
  /** Where it listens, as this machine reaches it. */
  readonly url: string;
  /** Everything that can be asked of it. */
  readonly routes: readonly Route[];
  /** Stops being ready, lets running answers finish within the drain time, cuts the rest, and ends. */
  stop(): Promise<void>;
}

/**
 * Makes the database ready and serves.
 * @throws SetUpError when the database lacks the default tenant or user
 */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { config, database, log } = parts;
  const visitorKey = await prepareDatabase(database, {
    tenantId: config.DEFAULT_WIDGET_TENANT_ID,
    userId: config.DEFAULT_WIDGET_USER_ID,
    now: Date.now(),
  });
  const services = createServices(parts, visitorKey);
  const { running } = services.turns;
  const onError = (task: string, error: unknown) =>
    log.warn({ err: error, task }, "A task of the server failed");
  const upkeep = await startUpkeep({ database, running, now: services.now, onError });
  const housekeeping = startHousekeeping(services, onError);

  const addressOf = createAddressReader(config.ORCHA_TRUSTED_PROXIES, log);
  const routes = [
    ...apiRoutes(services, addressOf, parts.version),
    ...(await parts.pages(services.resolveTenant)),
  ];
  const app = createApp({ routes, gate: createGate(services, addressOf), log });
  const answer = getRequestListener(app.fetch);
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1000,
    },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  server.listen(config.PORT, config.HOST);
  await once(server, "listening");

  return {
    url: urlOf(server),
    routes,
    async stop() {
      // New connections are refused at once, which every balancer answers by asking another server; on open ones 503 is told.
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      await running.drain(config.ORCHA_DRAIN_SECONDS * 1000);
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), 1000);
      await closed;
      clearTimeout(late);
      housekeeping[Symbol.dispose]();
      upkeep[Symbol.dispose]();
    },
  };
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo; // a TCP server that listens has one
  const anywhere = address === "0.0.0.0" || address === "::" || address === "127.0.0.1";
  const host = anywhere ? "localhost" : family === "IPv6" ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
