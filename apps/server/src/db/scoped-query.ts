import pg from "pg";
import type { Scope } from "./statement.ts";

/** What row-level security reads. */
const SET_SCOPE = {
  name: "orcha_scope",
  text: "select set_config('orcha.tenant', $1, true)",
};

/** The messages of one query on the wire, as pg's connection writes them. */
interface Wire {
  parse(query: { name?: string | undefined; text: string }): void;
  bind(query: { portal: string; statement: string; values: readonly unknown[] }): void;
  execute(query: { portal: string }): void;
}

/** What pg calls on a query; its types tell the constructor only. */
interface QuerySteps {
  prepare(connection: Wire): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Wire): void;
}
type QueryClass = new (config: pg.QueryConfig) => pg.Query & QuerySteps;

/** Connections on which the scope's statement is prepared. */
const prepared = new WeakSet<Wire>();

/**
 * A query that tells PostgreSQL whose rows it is about, in the same round trip: both statements stand before one Sync, and so
 * in one implicit transaction, at whose end the setting is gone. So it holds behind a pooler of transactions, too.
 */
export class ScopedQuery extends (pg.Query as unknown as QueryClass) {
  readonly #scope: Scope;
  #isScopeSet = false;

  constructor(scope: Scope, config: pg.QueryConfig) {
    super({ ...config, values: config.values ?? [] });
    this.#scope = scope;
  }

  override prepare(connection: Wire): void {
    if (!prepared.has(connection)) connection.parse(SET_SCOPE);
    prepared.add(connection);
    connection.bind({ portal: "", statement: SET_SCOPE.name, values: [this.#scope] });
    connection.execute({ portal: "" });
    super.prepare(connection);
  }

  /** Also a query without values goes this way. */
  requiresPreparation(): boolean {
    return true;
  }

  override handleDataRow(message: unknown): void {
    if (this.#isScopeSet) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Wire): void {
    if (this.#isScopeSet) super.handleCommandComplete(message, connection);
    this.#isScopeSet = true;
  }
}
