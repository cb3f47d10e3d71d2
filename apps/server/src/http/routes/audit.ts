import { API_PATH, type AuditEntryResponse, type AuditPage } from "@orcha/contract";
import { listAudit, type RecordedEntry } from "../../audit/list-store.ts";
import type { Database } from "../../db/database.ts";
import type { Route, StaffRoute } from "../access/route.ts";
import { idCursorParameter, nextCursor } from "../id-cursor.ts";
import { limitParameter } from "../parameters.ts";
import { sendJson } from "../send.ts";

/** `GET /api/v1/orcha/admin/audit`: who changed what, the latest first; `?tenant_id=*` for everything. */
export function auditRoutes({ database }: { readonly database: Database }): readonly Route[] {
  const list: StaffRoute = {
    method: "GET",
    path: `${API_PATH}/admin/audit`,
    policy: { for: "staff", permission: "admin", over: "tenant" },
    handle: async (c, staff) => {
      const page = { before: idCursorParameter(c), limit: limitParameter(c) };
      const { entries, next } = await listAudit(database.reader, staff.tenantId, page);
      const answer: AuditPage = { data: entries.map(shown), next_cursor: nextCursor(next) };
      return sendJson(c, 200, answer);
    },
  };
  return [list];
}

function shown({ tenantId, createdAt, ...entry }: RecordedEntry): AuditEntryResponse {
  return { ...entry, tenant_id: tenantId, created_at: new Date(createdAt).toISOString() };
}
