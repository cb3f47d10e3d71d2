import { OrchaError } from "@orcha/contract";
import {
  type ArgsDef,
  type CommandDef,
  type CommandMeta,
  defineCommand,
  type ParsedArgs,
  type SubCommandsDef,
} from "citty";
import { ConfigError } from "../config/config.ts";
import { SetUpError } from "../tenants/set-up.ts";

/** A command that does something, in place of one that only gathers others. */
export function leaf<const Args extends ArgsDef>(
  name: string,
  description: string,
  args: Args,
  run: (args: ParsedArgs<Args>) => Promise<void>,
): CommandDef<Args> {
  return defineCommand<Args>({
    meta: { name, description },
    args,
    async run({ args: given, rawArgs }) {
      await orExplain(async () => {
        refuseUnknownFlags(rawArgs, Object.keys(args));
        await run(given);
      });
    },
  });
}

/** A command that gathers others. */
export function branch(meta: CommandMeta, subCommands: SubCommandsDef): CommandDef {
  return defineCommand({ meta, subCommands });
}

/** A misspelt flag must not be passed over: the command would run without what it was to have. */
function refuseUnknownFlags(rawArgs: readonly string[], known: readonly string[]): void {
  for (const argument of rawArgs) {
    const [, flag] = /^--(?:no-)?([^=]+)/.exec(argument) ?? [];
    if (flag === undefined || known.includes(flag)) continue;
    const flags = known.map((name) => `--${name}`).join(", ") || "none";
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
  const cause = error instanceof OrchaError && error.code === "unavailable" ? error.cause : error;
  const known = explainSystemError(cause);
  if (known) return known;
  return error instanceof OrchaError && error.code !== "internal" ? [error.message] : undefined;
}

function explainSystemError(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error && "code" in error)) return undefined;
  if (error.code === "EADDRINUSE") {
    return ["Another program is listening there already. Set PORT to another port."];
  }
  if (error.code === "EACCES" || error.code === "EADDRNOTAVAIL") return [error.message];
  return error.code === "ECONNREFUSED"
    ? ["The database of DATABASE_URL cannot be reached."]
    : undefined;
}
