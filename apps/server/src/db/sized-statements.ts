import type { Statement } from "./statement.ts";

/** Defines a statement once for each number of rows it is used with: a statement is compiled once and known by its identity. */
export function perSize<S extends Statement<never, unknown>>(define: (rows: number[]) => S) {
  const known = new Map<number, S>();
  return (size: number): S => {
    const statementOfSize = known.get(size) ?? define([...Array(size).keys()]);
    known.set(size, statementOfSize);
    return statementOfSize;
  };
}

/** Calls `put` for every row and, with the last one again, up to a size that a statement is compiled for. */
export function fill<T>(
  rows: readonly T[],
  put: (row: number, value: T, repeat: boolean) => void,
): number {
  const last = rows.at(-1);
  if (last === undefined) return 0;
  let size = 8;
  while (size < rows.length) size *= 2;
  for (let row = 0; row < size; row += 1) put(row, rows[row] ?? last, row >= rows.length);
  return size;
}
