import { type Kysely, type Migration, sql } from "kysely";
import { isSqlite } from "./is-sqlite.ts";

/** The first schema: tenants, users, conversations with their turns and messages, and the knowledge index. */
export const first: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;

    await schema
      .createTable("installation")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("value", "text", (column) => column.notNull())
      .execute();

    await schema
      .createTable("tenants")
      .addColumn("tenant_id", "text", (column) => column.primaryKey())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("settings", "text", (column) => column.notNull())
      .execute();

    await schema
      .createTable("tenant_labels")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("label", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("tenant_labels_key", ["tenant_id", "label"])
      .execute();
    await schema
      .createIndex("tenant_labels_by_time")
      .on("tenant_labels")
      .columns(["tenant_id", "created_at"])
      .execute();

    await schema
      .createTable("users")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("users_key", ["tenant_id", "id"])
      .addForeignKeyConstraint("users_tenant", ["tenant_id"], "tenants", ["tenant_id"])
      .execute();

    await schema
      .createTable("conversations")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("label", "text", (column) => column.notNull())
      .addColumn("user_id", "bigint", (column) => column.notNull())
      .addColumn("owner", "text")
      .addColumn("offered_owner", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("updated_at", "bigint", (column) => column.notNull())
      .addColumn("next_position", "integer", (column) => column.notNull())
      .addColumn("active_turn_id", "bigint")
      .addPrimaryKeyConstraint("conversations_key", ["tenant_id", "id"])
      .addForeignKeyConstraint("conversations_user", ["tenant_id", "user_id"], "users", [
        "tenant_id",
        "id",
      ])
      .execute();

    await schema
      .createTable("turns")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("conversation_id", "bigint", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("ended_at", "bigint")
      .addColumn("holder", "text", (column) => column.notNull())
      .addColumn("heartbeat", "integer", (column) => column.notNull())
      .addColumn("replaces_turn_id", "bigint")
      .addColumn("replaced", "integer", (column) => column.notNull())
      .addColumn("error_code", "text")
      .addColumn("finish_reason", "text")
      .addColumn("model", "text")
      .addColumn("input_tokens", "integer", (column) => column.notNull())
      .addColumn("output_tokens", "integer", (column) => column.notNull())
      .addColumn("first_token_ms", "integer")
      .addColumn("total_ms", "integer")
      .addPrimaryKeyConstraint("turns_key", ["tenant_id", "id"])
      .addForeignKeyConstraint(
        "turns_conversation",
        ["tenant_id", "conversation_id"],
        "conversations",
        ["tenant_id", "id"],
        (constraint) => constraint.onDelete("cascade"),
      )
      .execute();
    await schema
      .createIndex("turns_by_conversation")
      .on("turns")
      .columns(["tenant_id", "conversation_id"])
      .execute();
    // Partial, so that the sweep and the heartbeat read only what runs.
    await schema
      .createIndex("turns_pending")
      .on("turns")
      .columns(["tenant_id", "holder"])
      .where(sql.ref("state"), "=", sql.lit("pending"))
      .execute();

    await schema
      .createTable("messages")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("conversation_id", "bigint", (column) => column.notNull())
      .addColumn("turn_id", "bigint", (column) => column.notNull())
      .addColumn("position", "integer", (column) => column.notNull())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("text", "text", (column) => column.notNull())
      .addColumn("contexts", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("messages_key", ["tenant_id", "id"])
      .addUniqueConstraint("messages_position", ["tenant_id", "conversation_id", "position"])
      .addForeignKeyConstraint(
        "messages_turn",
        ["tenant_id", "turn_id"],
        "turns",
        ["tenant_id", "id"],
        (constraint) => constraint.onDelete("cascade"),
      )
      .execute();

    await schema
      .createTable("documents")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("source", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("title", "text", (column) => column.notNull())
      .addColumn("url", "text")
      .addColumn("language", "text", (column) => column.notNull())
      .addColumn("fingerprint", "text", (column) => column.notNull())
      .addColumn("size", "bigint", (column) => column.notNull())
      .addColumn("changed_at", "bigint", (column) => column.notNull())
      .addColumn("indexed_at", "bigint", (column) => column.notNull())
      .addColumn("text", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("documents_key", ["tenant_id", "id"])
      .execute();
    // Partial, because a changed document is written beside the one it replaces.
    await schema
      .createIndex("documents_source")
      .unique()
      .on("documents")
      .columns(["tenant_id", "source"])
      .where(sql.ref("state"), "=", sql.lit("ready"))
      .execute();

    await schema
      .createTable("chunks")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("document_id", "bigint", (column) => column.notNull())
      .addColumn("position", "integer", (column) => column.notNull())
      .addColumn("heading", "text", (column) => column.notNull())
      .addColumn("anchor", "text", (column) => column.notNull())
      .addColumn("start_offset", "integer", (column) => column.notNull())
      .addColumn("end_offset", "integer", (column) => column.notNull())
      .addColumn("length", "integer", (column) => column.notNull())
      .addColumn("text", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("chunks_key", ["tenant_id", "id"])
      .addUniqueConstraint("chunks_position", ["tenant_id", "document_id", "position"])
      .addForeignKeyConstraint(
        "chunks_document",
        ["tenant_id", "document_id"],
        "documents",
        ["tenant_id", "id"],
        (constraint) => constraint.onDelete("cascade"),
      )
      .execute();

    await schema
      .createTable("terms")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("term", "text", (column) => column.notNull())
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("document_frequency", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("terms_key", ["tenant_id", "term"])
      .addUniqueConstraint("terms_id", ["tenant_id", "id"])
      .execute();

    const postings = schema
      .createTable("postings")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("term_id", "bigint", (column) => column.notNull())
      .addColumn("chunk_id", "bigint", (column) => column.notNull())
      .addColumn("impact", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("postings_key", ["tenant_id", "term_id", "chunk_id"]);
    // On SQLite the key holds the row itself: a question reads each term's postings in one run.
    await (isSqlite(db) ? postings.modifyEnd(sql`without rowid`) : postings).execute();
    // For taking a removed document's postings away.
    await schema
      .createIndex("postings_by_chunk")
      .on("postings")
      .columns(["tenant_id", "chunk_id"])
      .execute();

    await schema
      .createTable("corpus_stats")
      .addColumn("tenant_id", "text", (column) => column.primaryKey())
      .addColumn("last_id", "bigint", (column) => column.notNull())
      .addColumn("chunks", "integer", (column) => column.notNull())
      .addColumn("total_length", "bigint", (column) => column.notNull())
      .execute();

    await schema
      .createTable("corpus_languages")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("language", "text", (column) => column.notNull())
      .addColumn("chunks", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("corpus_languages_key", ["tenant_id", "language"])
      .execute();
  },
};
