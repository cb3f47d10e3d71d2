import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A page's script: a file of the repository, or code that stands in one of its folders. */
export type PageScript =
  | { readonly file: string }
  | { readonly code: string; readonly folder: string };

/** Bundles a page's script as its author would, with the packages as they were built, and with this server's address in it. */
export async function bundlePage(script: PageScript, serverUrl: string): Promise<string> {
  const { outputFiles } = await build({
    ...source(script),
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    format: "esm",
    jsx: "automatic",
    // The repository's own settings are not those of a page's author.
    tsconfigRaw: {},
    // React mounts everything twice in development, which must do no harm.
    define: { "process.env.NODE_ENV": '"development"' },
    logLevel: "error",
  });
  const [output] = outputFiles;
  return (output?.text ?? "").replaceAll("https://chat.example.com", serverUrl);
}

function source(script: PageScript): BuildOptions {
  if ("file" in script) return { entryPoints: [script.file] };
  return {
    stdin: { contents: script.code, loader: "tsx", resolveDir: join(ROOT, script.folder) },
  };
}
