import type { Kysely } from "kysely";
import type { Step } from "./database.ts";
import type { Schema } from "./schema.ts";
import { type CompiledStatement, compileStatement, type Value } from "./statement.ts";

/** Several steps as one statement for PostgreSQL, with the values of one write. */
export interface OneStatement {
  /** The same for the same steps, whatever their values. */
  readonly name: string;
  readonly text: string;
  readonly values: Value[];
}

/** What PostgreSQL says when a step that must change a row changed none: the whole statement is undone. */
export const NOT_KEPT = "22012"; // division_by_zero

interface Joined {
  readonly name: string;
  readonly text: string;
  readonly parts: readonly CompiledStatement[];
}

/**
 * Joins steps into one statement of data-modifying CTEs: one round trip instead of one for each and two for the transaction
 * around them. All steps see the same snapshot, so no step may depend on what another one wrote; keys between their rows are
 * checked at the end. A step that must change a row divides by the number it changed.
 */
export class StatementJoiner {
  readonly #builder: Kysely<Schema>;
  readonly #numbers = new Map<object, number>();
  readonly #joined = new Map<string, Joined>();

  constructor(builder: Kysely<Schema>) {
    this.#builder = builder;
  }

  join(steps: readonly Step[]): OneStatement {
    const key = steps
      .map(({ statement, must }) => `${this.#numberOf(statement)}${must ? "!" : ""}`)
      .join(" ");
    let joined = this.#joined.get(key);
    if (!joined) {
      joined = this.#compile(steps);
      this.#joined.set(key, joined);
    }
    const { name, text, parts } = joined;
    return { name, text, values: parts.flatMap((part, at) => part.bind(steps[at]?.values ?? {})) };
  }

  #numberOf(statement: object): number {
    const known = this.#numbers.get(statement) ?? this.#numbers.size;
    this.#numbers.set(statement, known);
    return known;
  }

  #compile(steps: readonly Step[]): Joined {
    const parts = steps.map(({ statement }) => compileStatement(statement, this.#builder));
    let bound = 0;
    const expressions = parts.map(({ sql, slots }, at) => {
      const first = bound;
      bound += slots;
      const renumbered = sql.replace(/\$(\d+)/g, (_, number) => `$${Number(number) + first}`);
      return `s${at} as (${renumbered} returning 1)`;
    });
    const conditions = steps.flatMap(({ must }, at) =>
      must ? [`(select 1 / count(*) from s${at})`] : [],
    );
    const text = `with ${expressions.join(", ")} select ${conditions.join(", ") || "1"}`;
    return { name: `w${this.#joined.size}`, text, parts };
  }
}
