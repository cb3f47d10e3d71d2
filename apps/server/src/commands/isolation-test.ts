import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { type Config, loadConfig } from "../config/config.ts";
import { widgetRoutes } from "../http/routes/widget.ts";
import type { Installation } from "../installation.ts";
import { namePlaces } from "../isolation/build-world.ts";
import { cleanUp } from "../isolation/clean-up.ts";
import { ECHO_MODEL } from "../isolation/echo-model.ts";
import { type IsolationResult, problemsOf, reportLines } from "../isolation/report.ts";
import { runIsolationTest } from "../isolation/run-isolation-test.ts";
import { openDatabase } from "../open-database.ts";
import { createRetriever } from "../retrieval/retriever.ts";
import { startServer } from "../server.ts";

export interface IsolationTestArgs {
  /** Uses the data folder of the configuration instead of a temporary one. */
  readonly here?: boolean | undefined;
}

/**
 * `orcha isolation-test`: plants words in two tenants of its own and asks for them as everybody else over every route. Ends
 * with status 1 when one of them is found where it must not be, or when the test could not have found it.
 */
export async function runIsolationCommand(
  installation: Installation,
  args: IsolationTestArgs,
): Promise<void> {
  const configured = loadConfig(installation.env);
  const usesConfigured = args.here === true || configured.DATABASE_URL !== undefined;
  const folder = usesConfigured ? undefined : await mkdtemp(join(tmpdir(), "orcha-isolation-"));
  try {
    const config = { ...configured, ...(folder !== undefined && { ORCHA_DATA_DIR: folder }) };
    report(await testOn(installation, config));
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Everything is the real server's but the model and the rate limits. */
async function testOn(installation: Installation, configured: Config): Promise<IsolationResult> {
  const config: Config = {
    ...configured,
    HOST: "127.0.0.1",
    PORT: 0,
    ORCHA_PUBLIC_URL: undefined,
    ORCHA_RATE_LIMITS: "off",
  };
  await using database = await openDatabase(config, installation.writerScript);
  const server = await startServer({
    config,
    database,
    models: () => ({ modelOf: async () => ECHO_MODEL, findProblem: async () => undefined }),
    retriever: createRetriever(database),
    searcher: createRetriever(database),
    log: pino({ level: "silent" }),
    version: installation.version,
    pages: (resolveTenant) =>
      widgetRoutes({
        widgetDir: fileURLToPath(installation.widgetFolder),
        publicUrl: undefined,
        frameApiOrigins: [],
        resolveTenant,
      }),
  });
  const places = namePlaces();
  const defaultUserId = config.DEFAULT_WIDGET_USER_ID;
  try {
    const about = { origin: server.url, routes: server.routes, database, defaultUserId };
    return await runIsolationTest(about, places);
  } finally {
    await cleanUp(
      { database, defaultUserId, defaultTenantId: config.DEFAULT_WIDGET_TENANT_ID },
      places,
    );
    await server.stop();
  }
}

function report(result: IsolationResult): void {
  const problems = problemsOf(result);
  const lines = [...reportLines(result), "", ...problems, summary(result, problems)];
  for (const line of lines) process.stdout.write(`${line}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

function summary({ findings }: IsolationResult, problems: readonly string[]): string {
  const counts = findings.flatMap(({ asked }) => [...asked.values()]);
  const requests = counts.reduce((sum, count) => sum + count.requests, 0);
  const outcome = problems.length === 0 ? "nothing leaked" : `${problems.length} problems`;
  return `${findings.length} routes, ${requests} requests: ${outcome}.`;
}
