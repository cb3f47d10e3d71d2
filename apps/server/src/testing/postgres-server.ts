import { execFile } from "node:child_process";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface PostgresServer {
  /** Of a superuser on its `postgres` database. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a throw-away PostgreSQL on a free loopback port, or returns undefined where none is installed. */
export async function startPostgres(): Promise<PostgresServer | undefined> {
  const bin = await findBinaries();
  if (!bin) return undefined;

  const folder = await mkdtemp(join(tmpdir(), "orcha-postgres-"));
  const asUser = await unprivilegedUser();
  if (asUser) await chown(folder, asUser.uid, asUser.gid);
  const data = join(folder, "data");
  await run(
    join(bin, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    { ...asUser, cwd: folder },
  );

  const port = await freePort();
  // Durability is not what these tests measure.
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off -c max_connections=200`;
  const control = (...args: string[]) =>
    run(join(bin, "pg_ctl"), ["-D", data, "-w", ...args], { ...asUser, cwd: folder });
  await control("-l", join(folder, "log"), "-o", options, "start");
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await run(join(bin, "psql"), [url, "-qc", "create role orcha login"]);

  return {
    url,
    async stop() {
      await control("-m", "immediate", "stop");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Debian keeps the server's programs off the PATH, one folder per version. */
async function findBinaries(): Promise<string | undefined> {
  const base = "/usr/lib/postgresql";
  const versions = await readdir(base).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest) return join(base, newest, "bin");
  const found = await run("sh", ["-c", "command -v initdb"]).catch(() => undefined);
  return found ? join(found.stdout.trim(), "..") : undefined;
}

/** PostgreSQL refuses to run as root; Debian's package brings the user `postgres`. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
