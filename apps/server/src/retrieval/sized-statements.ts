import type { Statement } from "../db/statement.ts";

/** Defines a statement once for each number of rows it is used with: a statement is compiled once and known by its identity. */
export function perSize<S extends Statement<never, unknown>>(define: (rows: number[]) => S) {
  const known = new Map<number, S>();
  return (size: number): S => {
    const statementOfSize = known.get(size) ?? define([...Array(size).keys()]);
    known.set(size, statementOfSize);
    return statementOfSize;
  };
}
