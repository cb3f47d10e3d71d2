import { API_PATH, type VisitorResponse } from "@orcha/contract";
import type { Admission, VisitorRoute } from "../access/route.ts";
import { issueVisitorSecret, type VisitorOptions } from "../access/visitor-credential.ts";
import type { RequestContext } from "../context.ts";
import { sendJson } from "../send.ts";

export function visitorRoutes(options: VisitorOptions): readonly VisitorRoute[] {
  const policy = { for: "visitors", tenantIn: "query" } as const;
  return [
    {
      method: "POST",
      path: `${API_PATH}/visitor`,
      policy,
      handle: async (c, { caller }) => {
        const secret = secretOf(caller);
        return secret ? sendJson(c, 200, answer(secret.token)) : sendNewSecret(c, options);
      },
    },
    {
      method: "POST",
      path: `${API_PATH}/visitor/reset`,
      // Also where signing in is required: this is how a browser forgets who was signed in.
      policy: { ...policy, beforeSignIn: true },
      handle: async (c) => sendNewSecret(c, options),
    },
  ];
}

function secretOf(caller: Admission["caller"]) {
  return caller.kind === "visitor" || caller.kind === "subject" ? caller.secret : undefined;
}

/** Whoever has the one before keeps what it owns; this browser has it no more. */
function sendNewSecret(c: RequestContext, options: VisitorOptions): Response {
  const { secret, headers } = issueVisitorSecret(c, options);
  return sendJson(c, 200, answer(secret.token), headers);
}

function answer(visitor: string): VisitorResponse {
  return { visitor };
}
