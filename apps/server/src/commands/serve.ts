import { once } from "node:events";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { type Logger, pino } from "pino";
import { type Config, ConfigError, loadConfig } from "../config/config.ts";
import type { Database } from "../db/database.ts";
import type { Route } from "../http/access/route.ts";
import { consoleRoutes } from "../http/routes/console.ts";
import { demoRoutes } from "../http/routes/demo.ts";
import { widgetRoutes } from "../http/routes/widget.ts";
import { widgetPageRoutes } from "../http/routes/widget-page.ts";
import type { Installation } from "../installation.ts";
import { KnowledgeFolder } from "../knowledge/knowledge-folder.ts";
import { openDatabase } from "../open-database.ts";
import { addressOfLink, makeFirstRunLink } from "../operators/links.ts";
import { createRetriever } from "../retrieval/retriever.ts";
import { startServer } from "../server.ts";
import type { TenantResolver } from "../tenants/resolve-tenant.ts";
import { createServedModels, problemsOfModels } from "./serve-models.ts";

/** Of a search without an answer. */
const MAX_FOUND = 20;
const LOG_BUFFER_BYTES = 4096;
const LOG_FLUSH_MS = 100;

export interface ServeArgs {
  readonly demo?: boolean | undefined;
  readonly knowledge?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
}

/** `orcha serve`: everything from the configuration to the last answer before SIGTERM. */
export async function runServe(installation: Installation, args: ServeArgs): Promise<void> {
  // Many slow streams leave little garbage at a time; by itself V8 lets it lie until the heap has doubled and more.
  setFlagsFromString("--heap-growing-percent=20");
  const config = readConfig(installation, args);
  await requireFolder(config.ORCHA_KNOWLEDGE_DIR);
  const isDemo = args.demo === true;
  const say = isDemo ? speakPlainly() : undefined;
  const log = createLog(config, isDemo && !installation.env.ORCHA_LOG_LEVEL);

  // One forgotten promise must not end everybody's conversation.
  process.on("unhandledRejection", (error) => log.error({ err: error }, "A promise was forgotten"));

  await using database = await openDatabase(config, installation.writerScript);
  await using models = createServedModels(config, log);
  const server = await startServer({
    config,
    database,
    models: models.forTenants,
    retriever: createRetriever(database),
    searcher: createRetriever(database, { maxContexts: MAX_FOUND }),
    log,
    version: installation.version,
    pages: (resolveTenant) => buildPages(installation, config, isDemo, resolveTenant),
  });
  log.info({ url: server.url, model: models.name }, "Ready");
  say?.ready(server.url, models.name);
  await showFirstRunLink(database, config.ORCHA_PUBLIC_URL ?? server.url);

  const folder = config.ORCHA_KNOWLEDGE_DIR ?? (isDemo ? installation.docsFolder : undefined);
  await using _knowledge = folder
    ? new KnowledgeFolder({
        database,
        tenantId: config.DEFAULT_WIDGET_TENANT_ID,
        folder: folder instanceof URL ? fileURLToPath(folder) : folder,
        urlBase: config.ORCHA_KNOWLEDGE_URL,
        ingestScript: installation.ingestScript,
        rescanSeconds: config.ORCHA_KNOWLEDGE_RESCAN_SECONDS,
        log,
        onProgress: say?.progress,
        onReport: say?.indexed,
      })
    : undefined;

  const signal = await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  log.info({ signal: signal[0] }, "Stopping");
  await server.stop();
}

/** While nobody can sign in: how the first operator does. Apart from the log, whose lines are JSON on the standard output. */
async function showFirstRunLink(database: Database, origin: string): Promise<void> {
  const token = await makeFirstRunLink(database, Date.now());
  if (token === undefined) return;
  process.stderr.write(`Set up the first operator: ${addressOfLink(origin, token)}\n`);
}

/** The settings with the command line laid over them; every problem at once. */
function readConfig(installation: Installation, args: ServeArgs): Config {
  const env = {
    ...installation.env,
    ...(args.knowledge !== undefined && { ORCHA_KNOWLEDGE_DIR: args.knowledge }),
    ...(args.host !== undefined && { HOST: args.host }),
    ...(args.port !== undefined && { PORT: args.port }),
  };
  return loadConfig(env, problemsOfModels);
}

/** A folder that is missing at the start is a mistake; one that vanishes later is told in the log. */
async function requireFolder(folder: string | undefined): Promise<void> {
  if (folder === undefined) return;
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new ConfigError([`The knowledge folder ${resolve(folder)} does not exist.`]);
}

/** In a demo a person reads the terminal: warnings only, unless they asked for more. */
function createLog(config: Config, quiet: boolean): Logger {
  // Lines are gathered for a moment: a system call for each costs a turn as much as its own work does.
  const lines = pino.destination({
    dest: 1,
    sync: false,
    minLength: LOG_BUFFER_BYTES,
    periodicFlush: LOG_FLUSH_MS,
  });
  // A log that cannot be written, as on a full disk, must not end the chat.
  lines.on("error", () => {});
  process.on("exit", () => flushQuietly(lines));
  return pino({ level: quiet ? "warn" : config.ORCHA_LOG_LEVEL, base: null }, lines);
}

function flushQuietly(lines: { flushSync(): void }): void {
  try {
    lines.flushSync();
  } catch {
    // What cannot be written at the very end is lost.
  }
}

async function buildPages(
  installation: Installation,
  config: Config,
  isDemo: boolean,
  resolveTenant: TenantResolver,
): Promise<readonly Route[]> {
  const widgetDir = fileURLToPath(installation.widgetFolder);
  const widget = await widgetRoutes({
    widgetDir,
    publicUrl: config.ORCHA_PUBLIC_URL,
    frameApiOrigins: config.ORCHA_FRAME_API_ORIGINS,
    resolveTenant,
  });
  const versions = await widgetPageRoutes({ widgetDir, publicUrl: config.ORCHA_PUBLIC_URL });
  const console = await consoleRoutes({
    consoleDir: fileURLToPath(installation.consoleFolder),
    docsDir: fileURLToPath(installation.docsFolder),
  });
  const demo = isDemo ? await demoRoutes({ widgetDir }) : [];
  return [...widget, ...versions, ...console, ...demo];
}

/** Sentences for the person who ran `npm start`. */
function speakPlainly() {
  const line = (text: string) => process.stdout.write(`${text}\n`);
  return {
    ready: (url: string, model: string) => {
      line(`ORCHA is ready: open ${url}/demo`);
      if (model === "extractive") {
        line(
          "No language model is configured (ORCHA_MODELS): answers are quoted from the documents.",
        );
      } else {
        line(`Answers come from ${model}.`);
      }
    },
    progress: ({ done, total }: { done: number; total: number }) =>
      line(`Reading documents: ${done} of ${total}`),
    indexed: (report: {
      readonly indexed: number;
      readonly unchanged: number;
      readonly skipped: readonly { readonly file: string; readonly reason: string }[];
    }) => {
      line(`Documents: ${report.indexed} read, ${report.unchanged} unchanged.`);
      for (const { file, reason } of report.skipped) line(`Skipped ${file}: ${reason}`);
    },
  };
}
