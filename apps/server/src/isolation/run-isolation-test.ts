import type { Database } from "../db/database.ts";
import { askEverything } from "./ask-everything.ts";
import { buildWorld, type namePlaces } from "./build-world.ts";
import { Canaries } from "./canaries.ts";
import { findHarm, takeSnapshot } from "./find-harm.ts";
import type { AskedRoute } from "./questions.ts";
import type { IsolationResult } from "./report.ts";

export interface IsolationDeps {
  /** Where a server with the echo model and without rate limits listens. */
  readonly origin: string;
  readonly routes: readonly AskedRoute[];
  /** The server's own database. */
  readonly database: Database;
  readonly defaultUserId: number;
}

/** Plants canaries, asks for each of them as everybody else over every route, and looks what was harmed. */
export async function runIsolationTest(
  deps: IsolationDeps,
  places: ReturnType<typeof namePlaces>,
): Promise<IsolationResult> {
  const canaries = new Canaries();
  const world = await buildWorld({ ...deps, canaries }, places);
  const before = await takeSnapshot(world);
  const { findings, unasked } = await askEverything(world, canaries, deps.routes);
  return { findings, unasked, harm: await findHarm(world, before) };
}
