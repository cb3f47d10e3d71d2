import { defineCommand, runMain } from "citty";
import { ConfigError } from "./config/config.ts";
import type { Installation } from "./installation.ts";
import { SetUpError } from "./tenants/set-up.ts";

/** Put in by the build, from package.json. */
declare const ORCHA_VERSION: string;

// The composition root: commands get what lies beside the bundle, and the environment enters here only.
const installation: Installation = {
  version: ORCHA_VERSION,
  writerScript: new URL("./writer-thread.js", import.meta.url),
  ingestScript: new URL("./ingest-thread.js", import.meta.url),
  widgetFolder: new URL("./widget/", import.meta.url),
  consoleFolder: new URL("./console/", import.meta.url),
  docsFolder: new URL("./docs/", import.meta.url),
  env: process.env,
};

const serve = defineCommand({
  meta: { name: "serve", description: "Start the chat server" },
  args: {
    demo: {
      type: "boolean",
      description: "Serve /demo, and answer from the shipped docs when no folder is given",
    },
    knowledge: {
      type: "string",
      valueHint: "DIR",
      description: "A folder of Markdown, text and HTML files to answer from (ORCHA_KNOWLEDGE_DIR)",
    },
    host: { type: "string", description: "The address to listen on (HOST)" },
    port: { type: "string", description: "The port to listen on (PORT)" },
  },
  async run({ args, rawArgs, cmd }) {
    const { runServe } = await import("./commands/serve.ts");
    await orExplain(async () => {
      refuseUnknownFlags(rawArgs, cmd);
      await runServe(installation, args);
    });
  },
});

const userAdd = defineCommand({
  meta: { name: "add", description: "Add a user, such as the one DEFAULT_WIDGET_USER_ID names" },
  args: {
    id: { type: "string", required: true, description: "The user's number" },
    tenant: { type: "string", description: "The tenant; without it DEFAULT_WIDGET_TENANT_ID" },
    name: { type: "string", default: "", description: "A name for people" },
  },
  async run({ args, rawArgs, cmd }) {
    const { runUserAdd } = await import("./commands/user-add.ts");
    await orExplain(async () => {
      refuseUnknownFlags(rawArgs, cmd);
      await runUserAdd(installation, args);
    });
  },
});

const orcha = defineCommand({
  meta: {
    name: "orcha",
    version: installation.version,
    description: "A chat server for your website",
  },
  subCommands: {
    serve,
    user: defineCommand({
      meta: { name: "user", description: "Manage users" },
      subCommands: { add: userAdd },
    }),
  },
});

/** A misspelt flag must not be passed over: the server would run without what it was to have. */
function refuseUnknownFlags(rawArgs: readonly string[], command: { readonly args?: object }): void {
  const known = Object.keys(command.args ?? {});
  for (const argument of rawArgs) {
    const [, flag] = /^--(?:no-)?([^=]+)/.exec(argument) ?? [];
    if (flag === undefined || known.includes(flag)) continue;
    const flags = known.map((name) => `--${name}`).join(", ");
    throw new ConfigError([`--${flag} is not a flag of this command; it has ${flags}.`]);
  }
}

/** What the operator can mend is one clear line each; anything else is a bug and shows its stack. */
async function orExplain(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const explained = explain(error);
    if (!explained) throw error;
    for (const line of explained) process.stderr.write(`${line}\n`);
    process.exitCode = 1;
  }
}

function explain(error: unknown): readonly string[] | undefined {
  if (error instanceof ConfigError) return error.problems;
  if (error instanceof SetUpError) return [error.message];
  // Told by name: the module of PostgreSQL is loaded only where it is used.
  if (error instanceof Error && error.name === "UnsafeRoleError") return [error.message];
  if (!(error instanceof Error && "code" in error)) return undefined;
  if (error.code === "EADDRINUSE") {
    return ["Another program is listening there already. Set PORT to another port."];
  }
  if (error.code === "EACCES" || error.code === "EADDRNOTAVAIL") return [error.message];
  if (error.code === "ECONNREFUSED") {
    return ["The database of DATABASE_URL cannot be reached."];
  }
  return undefined;
}

await runMain(orcha);
