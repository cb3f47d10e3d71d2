import type { InvitationResponse, SessionResponse } from "@orcha/contract";
import type { TestServer } from "../../testing/server.ts";
import { makeFirstRunLink } from "../links.ts";

export interface StaffAnswer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export const PASSWORD = "correct horse";

/** Asks a test server as an operator's browser does: with the cookie that it was given. */
export function staffClient(server: TestServer) {
  let cookie = "";
  const client = {
    get cookie() {
      return cookie;
    },
    async ask<Body = Record<string, unknown>>(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ): Promise<StaffAnswer<Body>> {
      const response = await fetch(`${server.url}/api/v1/orcha/admin/${path}`, {
        method,
        headers: {
          ...(cookie && { cookie }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const [set] = response.headers.getSetCookie();
      if (set !== undefined) cookie = set.split(";")[0] ?? "";
      const answer = (await response.json()) as Body; // what the test expects, it then checks
      return { status: response.status, headers: response.headers, body: answer };
    },
    signIn: (email: string, password = PASSWORD) =>
      client.ask<SessionResponse>("POST", "session", { email, password }),
    /** Becomes the first owner, and signs in. */
    async becomeOwner(email = "ada@example.com"): Promise<void> {
      const token = await makeFirstRunLink(server.database, Date.now());
      await client.ask("POST", "links/accept", { token, email, name: "Ada", password: PASSWORD });
      await client.signIn(email);
    },
    /** Invites somebody; the answer is the token of the link. */
    async invite(email: string, grants: readonly object[], query = "?tenant_id=*") {
      const path = `operators${query}`;
      const { body } = await client.ask<InvitationResponse>("POST", path, { email, grants });
      return { id: body.operator.id, token: body.link.url.split("#link=")[1] ?? "" };
    },
    /** Somebody who was invited, took the link and signed in. */
    async member(email: string, grants: readonly object[]) {
      const { id, token } = await client.invite(email, grants);
      const other = staffClient(server);
      await other.ask("POST", "links/accept", { token, password: PASSWORD });
      await other.signIn(email);
      return { ...other, id };
    },
  };
  return client;
}
