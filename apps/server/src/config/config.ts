import { readFileSync } from "node:fs";
import { SETTINGS, type Setting, type SettingName } from "./env.ts";
import { Secret } from "./secret.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** A setting's value; secrets are wrapped so that they never print. */
type ValueOf<Name extends SettingName> =
  (typeof SETTINGS)[Name] extends Setting<infer T> ? T : never;
type SecretName = {
  [Name in SettingName]: Name extends `${string}_API_KEY` | `${string}_SECRET_KEYS` ? Name : never;
}[SettingName];

/** Every setting by its name; undefined only for those without a default. */
export type Config = {
  readonly [Name in SettingName]: Name extends SecretName
    ? Secret | undefined
    : (typeof SETTINGS)[Name]["default"] extends string
      ? ValueOf<Name>
      : ValueOf<Name> | undefined;
};

/** Thrown with every problem at once, a line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/**
 * Reads the settings from an environment. The environment is not changed, nothing else is read but NAME_FILE secrets.
 *
 * @param findProblems what settings must be to each other; it gets those that are right by themselves
 */
export function loadConfig(
  env: Environment,
  findProblems: (config: Partial<Config>) => readonly string[] = () => [],
): Config {
  const problems: string[] = unknownNames(env);
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const text = textOf(name, setting, env, problems) ?? setting.default;
    if (text === undefined) continue;
    const parsed = setting.schema.safeParse(text);
    if (!parsed.success) {
      const shown = setting.secret ? "" : ` (it is "${text}")`;
      problems.push(`${name} ${parsed.error.issues[0]?.message ?? "is not valid"}${shown}`);
    } else {
      values[name] = setting.secret ? new Secret(text) : parsed.data;
    }
  }
  const config = values as Config; // the loop went through the table that the type is made of
  problems.push(...findProblems(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** An empty variable counts as absent: that is how container files unset one. */
function textOf(
  name: string,
  setting: Setting<unknown>,
  env: Environment,
  problems: string[],
): string | undefined {
  const file = setting.secret ? env[`${name}_FILE`] : undefined;
  if (!file) return env[name]?.trim() || undefined;
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    problems.push(`${name}_FILE names a file that cannot be read: ${file}`);
    return undefined;
  }
}

function unknownNames(env: Environment): string[] {
  const known = new Set(
    Object.entries<Setting<unknown>>(SETTINGS).flatMap(([name, setting]) =>
      setting.secret ? [name, `${name}_FILE`] : [name],
    ),
  );
  return Object.keys(env)
    .filter((name) => name.startsWith("ORCHA_") && !known.has(name))
    .map((name) => `${name} is not a setting; see the configuration reference`);
}
