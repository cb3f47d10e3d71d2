import { API_PATH, OrchaError } from "@orcha/contract";
import { type EraseSubjectDeps, eraseSubject } from "../../privacy/erase-subject.ts";
import { subjectAsJson } from "../../privacy/export-subject.ts";
import type { Subject } from "../../privacy/subject.ts";
import type { Admission, VisitorRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import type { OpenAnswers } from "../open-answers.ts";
import { userParameter } from "../parameters.ts";
import { sendJson } from "../send.ts";
import { fileHeaders, sendPieces } from "../send-pieces.ts";

export interface MeDeps extends EraseSubjectDeps {
  readonly openAnswers: OpenAnswers;
}

/** What visitors may do with what is kept about them. */
export function meRoutes(deps: MeDeps): readonly VisitorRoute[] {
  const path = `${API_PATH}/me`;
  const policy = { for: "visitors", tenantIn: "query" } as const;
  return [
    { method: "GET", path, policy, handle: (c, admission) => exportMe(c, deps, admission) },
    { method: "DELETE", path, policy, handle: (c, admission) => eraseMe(c, deps, admission) },
  ];
}

async function exportMe(c: RequestContext, deps: MeDeps, admission: Admission): Promise<Response> {
  const subject = subjectOf(c, admission);
  using _open = deps.openAnswers.enter(subject.owners[0] ?? null);
  const { database, defaultUserId } = deps;
  const text = subjectAsJson({ reader: database.reader, defaultUserId, now: deps.now() }, subject);
  return await sendPieces(c, text, fileHeaders("my-conversations.json", "application/json"));
}

async function eraseMe(c: RequestContext, deps: MeDeps, admission: Admission): Promise<Response> {
  return sendJson(c, 200, await eraseSubject(deps, subjectOf(c, admission), undefined));
}

/** Who asks, under the label that they ask for: as elsewhere, what was said under another one does not exist here. */
function subjectOf(c: RequestContext, { tenant, label, caller }: Admission): Subject {
  const base = { tenantId: tenant.id, label };
  if (caller.kind === "visitor") {
    return { ...base, owners: [caller.secret.owner], userId: undefined };
  }
  if (caller.kind === "subject") {
    // What the visitor said before signing in is the user's as soon as it is touched.
    const before = caller.secret ? [caller.secret.owner] : [];
    return { ...base, owners: [`user:${caller.userId}`, ...before], userId: caller.userId };
  }
  if (caller.kind === "key") {
    const userId = userParameter(c);
    if (userId === undefined) {
      throw new OrchaError("invalid_request", "A server must say whose data it means: user_id.");
    }
    return { ...base, owners: [`user:${userId}`], userId };
  }
  return { ...base, owners: [], userId: undefined };
}
