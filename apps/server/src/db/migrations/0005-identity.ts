import type { Kysely, Migration } from "kysely";

/** Who may do what: subjects of tokens, API keys, sealed secrets, operators, and the record of what they changed. */
export const identity: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;

    await schema.alterTable("users").addColumn("subject", "text").execute();
    await schema
      .createIndex("users_subject")
      .unique()
      .on("users")
      .columns(["tenant_id", "subject"])
      .execute();
    await schema
      .alterTable("conversations")
      .addColumn("user_verified", "integer", (column) => column.notNull().defaultTo(0))
      .execute();

    await schema
      .createTable("api_keys")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("prefix", "text", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull())
      .addColumn("scopes", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("created_by", "text", (column) => column.notNull())
      .addColumn("last_used_at", "bigint")
      .addColumn("expires_at", "bigint")
      .addColumn("revoked_at", "bigint")
      .addPrimaryKeyConstraint("api_keys_key", ["tenant_id", "id"])
      .execute();
    // A key tells its tenant: it is looked up before any tenant is known.
    await schema.createIndex("api_keys_hash").on("api_keys").columns(["hash"]).execute();

    await schema
      .createTable("tenant_secrets")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("sealed", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("tenant_secrets_key", ["tenant_id", "id"])
      .addUniqueConstraint("tenant_secrets_name", ["tenant_id", "kind", "name"])
      .addForeignKeyConstraint(
        "tenant_secrets_tenant",
        ["tenant_id"],
        "tenants",
        ["tenant_id"],
        (constraint) => constraint.onDelete("cascade"),
      )
      .execute();

    await schema
      .createTable("operators")
      .addColumn("id", "bigint", (column) => column.primaryKey())
      .addColumn("email", "text", (column) => column.notNull().unique())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("password_hash", "text")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("disabled_at", "bigint")
      .execute();

    await schema
      .createTable("operator_roles")
      .addColumn("operator_id", "bigint", (column) =>
        column.notNull().references("operators.id").onDelete("cascade"),
      )
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("role", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("operator_roles_key", ["operator_id", "tenant_id"])
      .execute();

    await schema
      .createTable("operator_sessions")
      .addColumn("token_hash", "text", (column) => column.primaryKey())
      .addColumn("operator_id", "bigint", (column) =>
        column.notNull().references("operators.id").onDelete("cascade"),
      )
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .addColumn("seen_at", "bigint", (column) => column.notNull())
      .execute();

    await schema
      .createTable("operator_links")
      .addColumn("token_hash", "text", (column) => column.primaryKey())
      .addColumn("purpose", "text", (column) => column.notNull())
      .addColumn("operator_id", "bigint", (column) =>
        column.references("operators.id").onDelete("cascade"),
      )
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .execute();

    await schema
      .createTable("sign_in_failures")
      .addColumn("subject", "text", (column) => column.primaryKey())
      .addColumn("window_start", "bigint", (column) => column.notNull())
      .addColumn("failures", "integer", (column) => column.notNull())
      .addColumn("locked_until", "bigint")
      .execute();

    await schema
      .createTable("audit_log")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("actor_kind", "text", (column) => column.notNull())
      .addColumn("actor_id", "text", (column) => column.notNull())
      .addColumn("actor_name", "text", (column) => column.notNull())
      .addColumn("action", "text", (column) => column.notNull())
      .addColumn("target", "text", (column) => column.notNull())
      .addColumn("detail", "text", (column) => column.notNull())
      .addColumn("address", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("audit_log_key", ["tenant_id", "id"])
      .execute();
    // Owners read the log of all tenants by time.
    await schema.createIndex("audit_log_by_time").on("audit_log").columns(["id"]).execute();
  },
};
