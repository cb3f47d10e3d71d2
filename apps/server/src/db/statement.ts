import { type Compilable, type Expression, type Kysely, sql } from "kysely";
import type { Schema } from "./schema.ts";

/** What may be bound. Booleans and dates are stored as numbers, JSON as text. */
export type Value = string | number | null;
type Values = Readonly<Record<string, Value>>;

/** Names a value that is bound when the statement runs. */
export type Parameter<P extends Values> = <Name extends keyof P & string>(
  name: Name,
) => Expression<P[Name]>;

/** A query that is built and compiled once, then run with other values each time: P goes in, rows of R come out. */
export interface Statement<P extends Values, R> {
  readonly build: (db: Kysely<Schema>, parameter: Parameter<P>) => Compilable<R>;
}

/** The text of a statement in one engine's dialect. */
export interface CompiledStatement {
  readonly sql: string;
  /** How many values it binds. */
  readonly slots: number;
  /** The values to bind, in the order of the text. */
  bind(values: Values): Value[];
}

class ParameterName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Defines a statement. Compiling costs about four times as much as running on SQLite, so what a turn needs is compiled once.
 *
 * @example
 * const findUser = statement<{ tenantId: string; id: number }>()((db, p) =>
 *   db.selectFrom("users").select("name").where("tenant_id", "=", p("tenantId")).where("id", "=", p("id")));
 */
export function statement<P extends Values>() {
  return <R>(
    build: (db: Kysely<Schema>, parameter: Parameter<P>) => Compilable<R>,
  ): Statement<P, R> => ({ build });
}

export function compileStatement<P extends Values, R>(
  definition: Statement<P, R>,
  builder: Kysely<Schema>,
): CompiledStatement {
  const compiled = definition.build(builder, (name) => sql`${new ParameterName(name)}`).compile();
  const slots = compiled.parameters;
  return {
    sql: compiled.sql,
    slots: slots.length,
    bind: (values) =>
      slots.map((slot) => {
        if (!(slot instanceof ParameterName)) return slot as Value; // a constant that the builder bound itself
        const value = values[slot.name];
        if (value === undefined) throw new TypeError(`No value for ${slot.name}`);
        return value;
      }),
  };
}
