import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../dist/orcha.js", import.meta.url));

export interface PackagedServer extends AsyncDisposable {
  readonly url: string;
  /** What it has printed so far. */
  readonly output: readonly string[];
  /** Resolves with the first line that matches. */
  line(pattern: RegExp): Promise<string>;
  /** Sends SIGTERM and resolves with the exit status. */
  stop(): Promise<number | null>;
  /** SIGKILL: what a crash or a power cut leaves. */
  kill(): Promise<void>;
}

export interface PackagedServerOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Reused for a restart; without it a folder of its own, removed at the end. */
  readonly dataDir?: string;
  /** @default 0, any free one */
  readonly port?: number;
}

/** Starts `node dist/orcha.js serve` as a user would and waits until it is ready. */
export async function startPackagedServer(
  options: PackagedServerOptions = {},
): Promise<PackagedServer> {
  const ownFolder = options.dataDir === undefined ? await makeDataDir() : undefined;
  const dataDir = options.dataDir ?? ownFolder ?? "";
  const env = { PORT: String(options.port ?? 0), ORCHA_DATA_DIR: dataDir, ...options.env };
  const child = runOrcha(["serve", ...(options.args ?? [])], env);
  const lines = new Lines(child);
  const ready = await lines.first(/(https?:\/\/[^\s"]+?)(\/demo|")/);
  const [url = ""] = /https?:\/\/[^\s"/]+/.exec(ready) ?? [];

  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return {
    url,
    output: lines.all,
    line: (pattern) => lines.first(pattern),
    stop: () => end("SIGTERM"),
    kill: async () => void (await end("SIGKILL")),
    async [Symbol.asyncDispose]() {
      await end("SIGTERM");
      if (ownFolder) await rm(ownFolder, { recursive: true, force: true });
    },
  };
}

export function makeDataDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), "orcha-e2e-"));
}

/** Runs a command to its end. */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly output: string }> {
  const child = runOrcha(args, env);
  const lines = new Lines(child);
  await once(child, "close");
  return { status: child.exitCode, output: lines.all.join("\n") };
}

function runOrcha(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ChildProcess & {
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
} {
  // No variable of this process reaches it but what Node itself needs.
  const { PATH = "" } = process.env;
  return spawn(process.execPath, [SCRIPT, ...args], {
    env: { PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

class Lines {
  readonly all: string[] = [];
  readonly #waiting: {
    pattern: RegExp;
    resolve: (line: string) => void;
    reject: (e: Error) => void;
  }[] = [];

  constructor(child: ReturnType<typeof runOrcha>) {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => this.#take(line));
    }
    child.on("close", () => {
      const error = new Error(`The server ended:\n${this.all.join("\n")}`);
      for (const { reject } of this.#waiting) reject(error);
    });
  }

  first(pattern: RegExp): Promise<string> {
    const known = this.all.find((line) => pattern.test(line));
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ pattern, resolve, reject });
    });
  }

  #take(line: string): void {
    this.all.push(line);
    for (const { pattern, resolve } of this.#waiting) if (pattern.test(line)) resolve(line);
  }
}
