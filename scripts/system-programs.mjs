import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * What the tests need beside Node, and who can install it.
 *
 * @typedef {{ name: string, package: string, needs: string, find: () => string | undefined }} Program
 * @type {readonly Program[]}
 */
const PROGRAMS = [
  {
    name: "Chromium",
    package: "chromium",
    needs: "the browser tests (e2e/)",
    find: findChromium,
  },
  {
    name: "PostgreSQL",
    package: "postgresql",
    needs: "the PostgreSQL half of the storage tests",
    find: findPostgres,
  },
];

/** The path of a Chromium or Chrome of this machine, `CHROMIUM_PATH` first. */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return existsSync(named) ? named : undefined;
  return (
    ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
      .map(onPath)
      .find((path) => path !== undefined && !isSnapStub(path)) ?? MAC_CHROME.find(existsSync)
  );
}

/** The path of initdb, where testing/postgres-server.ts looks for it too. */
function findPostgres() {
  const base = "/usr/lib/postgresql";
  const versions = existsSync(base) ? readdirSync(base) : [];
  return (
    versions.map((version) => join(base, version, "bin/initdb")).find(existsSync) ??
    onPath("initdb")
  );
}

/**
 * Installs the missing programs where that takes one command and the rights are there; says what to do elsewhere.
 *
 * @returns {string[]} why tests will be skipped, a line each
 */
export function ensurePrograms() {
  const missing = PROGRAMS.filter((program) => !program.find());
  if (missing.length === 0) return [];
  const names = missing.map((program) => program.name).join(" and ");
  const command = installCommand(missing.map((program) => program.package));
  if (canInstall()) {
    console.log(`${names} missing: installing by apt-get (this machine's root runs the tests) …`);
    install(missing);
  } else {
    console.log(`${names} missing. This would install what is missing:\n  ${command}`);
  }
  return missing
    .filter((program) => !program.find())
    .map((program) => `${program.name} is not installed: ${program.needs} are skipped.`);
}

/** @param {readonly Program[]} missing */
function install(missing) {
  const options = {
    stdio: /** @type {const} */ ("inherit"),
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  };
  spawnSync("apt-get", ["update", "-qq"], options);
  const packages = missing.map((program) => program.package);
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], options);
}

/** @param {readonly string[]} packages */
function installCommand(packages) {
  if (isDebian()) {
    return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  }
  if (process.platform === "darwin") {
    return packages
      .map((name) =>
        name === "chromium" ? "brew install --cask chromium" : `brew install ${name}`,
      )
      .join(" && ");
  }
  return `your package manager, for: ${packages.join(", ")}`;
}

function canInstall() {
  return process.getuid?.() === 0 && isDebian() && onPath("apt-get") !== undefined;
}

function isDebian() {
  const file = "/etc/os-release";
  return existsSync(file) && /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync(file, "utf8"));
}

const MAC_CHROME = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** @param {string} program */
function onPath(program) {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(existsSync);
}

/**
 * Ubuntu's package is a script that only points to the snap store, which no container has.
 *
 * @param {string} path
 */
function isSnapStub(path) {
  return (
    existsSync("/usr/lib/snapd") === false &&
    /\bsnap\b/.test(readFileSync(path, "latin1").slice(0, 4_000))
  );
}
