import {
  API_PATH,
  type LinkAcceptResponse,
  type LinkCheckResponse,
  linkAcceptRequestSchema,
  linkCheckRequestSchema,
  OrchaError,
  passwordChangeSchema,
  type SessionResponse,
  signInRequestSchema,
} from "@orcha/contract";
import type * as z from "zod";
import type { Database } from "../../db/database.ts";
import { checkLink, takeLink } from "../../operators/links.ts";
import type { SignedInOperator } from "../../operators/operator.ts";
import type { Passwords } from "../../operators/passwords.ts";
import { type SessionFinder, signOut } from "../../operators/sessions.ts";
import type { SignIn } from "../../operators/sign-in.ts";
import { isOwnOrigin } from "../access/own-origin.ts";
import type { OpenRoute, Route } from "../access/route.ts";
import { endedSessionCookie, sessionCookie, sessionToken } from "../access/session-cookie.ts";
import type { RequestContext } from "../context.ts";
import { parseFields } from "../parse-fields.ts";
import { readJsonObject } from "../read-json.ts";
import { sendJson } from "../send.ts";

export interface SessionDeps {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly signIn: SignIn;
  readonly findSession: SessionFinder;
  readonly publicUrl: string | undefined;
  /** As limits count it. */
  readonly networkOf: (c: RequestContext) => string;
  /** Truncated, for the audit log. */
  readonly addressOf: (c: RequestContext) => string;
  readonly now: () => number;
}

interface Session {
  readonly token: string;
  readonly operator: SignedInOperator;
}

/** Signing in and out, the own password, and one-time links: what somebody may ask who is nobody yet. */
export function sessionRoutes(deps: SessionDeps): readonly Route[] {
  const { database, publicUrl, now } = deps;
  const from = (c: RequestContext) => ({ network: deps.networkOf(c), address: deps.addressOf(c) });
  return [
    open("GET", "session", async (c) => {
      const session = await findSession(c, deps);
      return sendJson(c, 200, {
        operator: session ? shown(session.operator) : null,
      } satisfies SessionResponse);
    }),
    open("POST", "session", async (c) => {
      const credentials = await ownBody(c, deps, signInRequestSchema);
      const token = await deps.signIn.open(credentials, from(c));
      const operator = await deps.findSession(token);
      if (!operator) throw new OrchaError("unauthorized");
      const answer: SessionResponse = { operator: shown(operator) };
      return sendJson(c, 200, answer, { "Set-Cookie": sessionCookie(token, publicUrl) });
    }),
    open("DELETE", "session", async (c) => {
      refuseForeignPage(c, publicUrl);
      const session = await findSession(c, deps);
      if (session) await signOut(deps, session.token, session.operator, deps.addressOf(c));
      const answer: SessionResponse = { operator: null };
      return sendJson(c, 200, answer, { "Set-Cookie": endedSessionCookie(publicUrl) });
    }),
    open("POST", "session/password", async (c) => {
      const { current, new: next } = await ownBody(c, deps, passwordChangeSchema);
      const session = await findSession(c, deps);
      if (!session) throw new OrchaError("unauthorized", "Please sign in.");
      const { operator, token } = session;
      await deps.signIn.changePassword(operator, { current, next }, token, from(c));
      return sendJson(c, 200, { operator: shown(operator) } satisfies SessionResponse);
    }),
    open("POST", "links/check", async (c) => {
      const { token } = await ownBody(c, deps, linkCheckRequestSchema);
      const link = await checkLink(database, token, now());
      const answer: LinkCheckResponse = {
        purpose: link.purpose,
        email: link.operator?.email ?? null,
        name: link.operator?.name ?? "",
        expires_at: new Date(link.expiresAt).toISOString(),
      };
      return sendJson(c, 200, answer);
    }),
    open("POST", "links/accept", async (c) => {
      const fields = await ownBody(c, deps, linkAcceptRequestSchema);
      const { token, password, name, email } = fields;
      const address = deps.addressOf(c);
      const taken = await takeLink(deps, { token, password, name, email, address });
      return sendJson(c, 200, taken satisfies LinkAcceptResponse);
    }),
  ];
}

function open(
  method: OpenRoute["method"],
  path: string,
  handle: (c: RequestContext) => Promise<Response>,
): OpenRoute {
  return { method, path: `${API_PATH}/admin/${path}`, policy: { for: "everyone" }, handle };
}

/** The body of a request that only a page of ours, or no page, may send: another could sign its visitor in as somebody else. */
async function ownBody<Schema extends z.ZodType>(
  c: RequestContext,
  { publicUrl }: SessionDeps,
  schema: Schema,
): Promise<z.output<Schema>> {
  refuseForeignPage(c, publicUrl);
  return parseFields(schema, await readJsonObject(c));
}

function refuseForeignPage(c: RequestContext, publicUrl: string | undefined): void {
  if (!isOwnOrigin(c, publicUrl)) throw new OrchaError("forbidden");
}

async function findSession(c: RequestContext, deps: SessionDeps): Promise<Session | undefined> {
  const token = sessionToken(c.req.header("cookie"), deps.publicUrl);
  const operator = token === undefined ? undefined : await deps.findSession(token);
  return token === undefined || !operator ? undefined : { token, operator };
}

function shown({ id, email, name, grants }: SignedInOperator): SessionResponse["operator"] {
  return {
    id,
    email,
    name,
    grants: grants.map(({ tenantId, role }) => ({ tenant_id: tenantId, role })),
  };
}
