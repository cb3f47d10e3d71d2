/**
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, license?: string, engines?: object, os?: string[], cpu?: string[], libc?: string[], optionalDependencies?: Record<string, string> }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lockfile
 */

const PLATFORM =
  /(?<os>aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-(?<cpu>\w+)(?:-(?<abi>\w+))?$/;

/**
 * Platform packages that the lockfile leaves out, as one line. npm writes it without those that the registry in use
 * does not have, and `npm ci` then refuses the lockfile everywhere.
 *
 * @param {Lockfile} lockfile
 */
export function lockfileProblem(lockfile) {
  const missing = missingPackages(lockfile);
  if (missing.length === 0) return "";
  return (
    `package-lock.json: ${missing.length} platform packages are missing, ${missing[0]?.name} first: ` +
    "node scripts/complete-lockfile.mjs"
  );
}

/**
 * The same lockfile with those packages, in npm's own order.
 *
 * @param {Lockfile} lockfile
 * @returns {Lockfile}
 */
export function completeLockfile(lockfile) {
  const added = missingPackages(lockfile).map(({ name, version, wantedBy }) => [
    `node_modules/${name}`,
    platformEntry(name, version, wantedBy),
  ]);
  const packages = [...Object.entries(lockfile.packages), ...added].sort(([a], [b]) =>
    String(a).localeCompare(String(b), "en"),
  );
  return { ...lockfile, packages: Object.fromEntries(packages) };
}

/** @param {Lockfile} lockfile */
function missingPackages({ packages }) {
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => PLATFORM.test(name))
      .filter(
        ([name]) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      )
      .map(([name, version]) => ({ name, version, wantedBy: entry })),
  );
}

/**
 * @param {string} name
 * @param {string} version
 * @param {LockEntry} wantedBy
 * @returns {LockEntry}
 */
function platformEntry(name, version, wantedBy) {
  const { os = "", cpu = "", abi = "" } = PLATFORM.exec(name)?.groups ?? {};
  const libc = abi.startsWith("musl") ? "musl" : os === "linux" && abi ? "glibc" : undefined;
  return {
    version,
    cpu: [cpu],
    ...(wantedBy.dev && { dev: true }),
    ...(libc && { libc: [libc] }),
    ...(wantedBy.license && { license: wantedBy.license }),
    optional: true,
    os: [os],
    ...(wantedBy.engines && { engines: wantedBy.engines }),
  };
}
