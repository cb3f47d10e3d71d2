import { SETTINGS, type Setting } from "./env.ts";

const settings = Object.entries<Setting<unknown>>(SETTINGS);

/** docs/reference/configuration.md, from the table of settings. */
export function configurationPage(): string {
  const rows = settings.map(([name, { default: value, description, secret }]) => {
    const shown = secret ? "none (secret)" : value ? `\`${value}\`` : "none";
    return `| \`${name}\` | ${shown} | ${description} |`;
  });
  return `# Configuration

No setting is needed to start. Every setting is an environment variable; an unknown name that begins with \`ORCHA_\` is
an error, and all problems are reported at once. A secret can be read from a file: \`OPENAI_API_KEY_FILE=/run/secrets/key\`.
Secrets never appear in a log.

| name | default | what it does |
| --- | --- | --- |
${rows.join("\n")}

Some have a flag on the command line, which wins: \`serve --host\`, \`--port\` and \`--knowledge\`.
`;
}

/** .env.example, from the same table. */
export function envExample(): string {
  const entries = settings.map(
    ([name, { default: value, description }]) => `# ${description}\n# ${name}=${value ?? ""}\n`,
  );
  return `# Every setting with its default; none is needed to start. The server reads the environment, not this file.\n\n${entries.join("\n")}`;
}
