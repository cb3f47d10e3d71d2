import { runMain } from "citty";
import { branch, leaf } from "./commands/leaf.ts";
import { operatorCommands, userCommands } from "./commands/people-commands.ts";
import { keyCommands, secretCommands, tenantCommands } from "./commands/tenant-commands.ts";
import { priceCommands, usageCommand } from "./commands/usage-commands.ts";
import type { Installation } from "./installation.ts";

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

const serve = leaf(
  "serve",
  "Start the chat server",
  {
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
  async (args) => (await import("./commands/serve.ts")).runServe(installation, args),
);

const isolationTest = leaf(
  "isolation-test",
  "Plant words in two tenants and ask for them as everybody else",
  {
    here: {
      type: "boolean",
      description: "Use the data folder of the configuration instead of a temporary one",
    },
  },
  async (args) =>
    (await import("./commands/isolation-test.ts")).runIsolationCommand(installation, args),
);

const orcha = branch(
  { name: "orcha", version: installation.version, description: "A chat server for your website" },
  {
    serve,
    tenant: tenantCommands(installation),
    key: keyCommands(installation),
    secret: secretCommands(installation),
    operator: operatorCommands(installation),
    user: userCommands(installation),
    price: priceCommands(installation),
    usage: usageCommand(installation),
    "isolation-test": isolationTest,
  },
);

await runMain(orcha);
