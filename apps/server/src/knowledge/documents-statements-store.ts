import { statement } from "../db/statement.ts";

export const selectDocuments = statement<{ tenantId: string }>()((db, p) =>
  db
    .selectFrom("documents")
    .select(["id", "source", "state", "url", "fingerprint", "size", "changed_at", "indexed_at"])
    .where("tenant_id", "=", p("tenantId"))
    .orderBy("id"),
);

export const findDocument = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .selectFrom("documents")
    .select(["source", "state", "language"])
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);

export const insertDocument = statement<{
  tenantId: string;
  id: number;
  source: string;
  title: string;
  url: string | null;
  language: string;
  fingerprint: string;
  size: number;
  changedAt: number;
  indexedAt: number;
  text: string;
}>()((db, p) =>
  db.insertInto("documents").values({
    tenant_id: p("tenantId"),
    id: p("id"),
    source: p("source"),
    state: "indexing",
    title: p("title"),
    url: p("url"),
    language: p("language"),
    fingerprint: p("fingerprint"),
    size: p("size"),
    changed_at: p("changedAt"),
    indexed_at: p("indexedAt"),
    text: p("text"),
  }),
);

export const setState = statement<{ tenantId: string; id: number; state: "ready" | "removed" }>()(
  (db, p) =>
    db
      .updateTable("documents")
      .set({ state: p("state") })
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id")),
);

export const retireSource = statement<{ tenantId: string; source: string }>()((db, p) =>
  db
    .updateTable("documents")
    .set({ state: "removed" })
    .where("tenant_id", "=", p("tenantId"))
    .where("source", "=", p("source"))
    .where("state", "=", "ready"),
);

export const deleteDocument = statement<{ tenantId: string; id: number }>()((db, p) =>
  db.deleteFrom("documents").where("tenant_id", "=", p("tenantId")).where("id", "=", p("id")),
);

export const setFileFacts = statement<{
  tenantId: string;
  id: number;
  url: string | null;
  size: number;
  changedAt: number;
  indexedAt: number;
}>()((db, p) =>
  db
    .updateTable("documents")
    .set({
      url: p("url"),
      size: p("size"),
      changed_at: p("changedAt"),
      indexed_at: p("indexedAt"),
    })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);
