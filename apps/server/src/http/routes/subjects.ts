import { API_PATH } from "@orcha/contract";
import { recordAudit } from "../../audit/store.ts";
import { type EraseSubjectDeps, eraseSubject } from "../../privacy/erase-subject.ts";
import { subjectAsJson } from "../../privacy/export-subject.ts";
import { findSubject, type Subject, subjectDigest } from "../../privacy/subject.ts";
import { cleanText } from "../../turns/clean-text.ts";
import type { StaffAdmission, StaffRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { labelOf, oneTenant } from "../one-tenant.ts";
import { sendJson } from "../send.ts";
import { fileHeaders, sendPieces } from "../send-pieces.ts";

export interface SubjectsDeps extends EraseSubjectDeps {
  /** The installation's secret, under which the audit log speaks of people. */
  readonly visitorKey: string;
}

/** What operators may do with what is kept about somebody. */
export function subjectRoutes(deps: SubjectsDeps): readonly StaffRoute[] {
  const path = `${API_PATH}/admin/subjects/:subject`;
  const policy = { for: "staff", permission: "admin", over: "tenant" } as const;
  return [
    { method: "GET", path, policy, handle: (c, staff) => exportOne(c, deps, staff) },
    { method: "DELETE", path, policy, handle: (c, staff) => eraseOne(c, deps, staff) },
  ];
}

async function exportOne(
  c: RequestContext,
  deps: SubjectsDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const { subject, digest } = await subjectOf(c, deps, staff);
  const { database, defaultUserId } = deps;
  await database.write(recordAudit, staff.entry("subject.export", digest));
  const text = subjectAsJson({ reader: database.reader, defaultUserId, now: deps.now() }, subject);
  return await sendPieces(c, text, fileHeaders("subject.json", "application/json"));
}

async function eraseOne(
  c: RequestContext,
  deps: SubjectsDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const { subject, digest } = await subjectOf(c, deps, staff);
  const receipt = await eraseSubject(deps, subject, {
    actor: staff.actor,
    entry: (counts) => staff.entry("subject.erase", digest, counts),
  });
  return sendJson(c, 200, receipt);
}

async function subjectOf(
  c: RequestContext,
  deps: SubjectsDeps,
  staff: StaffAdmission,
): Promise<{ readonly subject: Subject; readonly digest: string }> {
  const tenantId = oneTenant(staff);
  const named = cleanText(c.req.param("subject") ?? "");
  return {
    subject: await findSubject(deps.database.reader, tenantId, labelOf(staff), named),
    digest: subjectDigest(deps.visitorKey, tenantId, named),
  };
}
