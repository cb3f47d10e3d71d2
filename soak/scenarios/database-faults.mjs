import { execFileSync } from "node:child_process";
import Libsql from "libsql";
import { blackHole, cutAtCommit, delayed } from "../rig/tcp-proxy.mjs";

/**
 * Trouble with a database. `isAway`: no write can succeed while it lasts; `isUnreadable`: nor can a read; `isSilent`: only
 * a clock can tell that there is trouble.
 *
 * @typedef {{ name: string, isAway: boolean, isUnreadable: boolean, isSilent?: boolean, begin: () => unknown, end: () => unknown }} DatabaseFault
 */

/** Of the commits that pass, one in so many is struck. */
const COMMITS = 5;
const SLOW_MS = 40;

/**
 * @param {import("../rig/tcp-proxy.mjs").TcpProxy} proxy on the way to the database
 * @param {import("../rig/postgres.mjs").PostgresCluster} cluster
 * @returns {DatabaseFault[]}
 */
export function postgresFaults(proxy, cluster) {
  const pass = () => undefined;
  const ruled = (
    /** @type {string} */ name,
    /** @type {boolean} */ isAway,
    /** @type {() => import("../rig/tcp-proxy.mjs").Rule} */ rule,
  ) => ({
    name,
    isAway,
    isUnreadable: isAway,
    begin: () => {
      proxy.rule = rule();
    },
    end: () => {
      proxy.rule = pass;
      // Bytes are missing in what the hole swallowed: nobody may read on.
      if (isAway) proxy.cut();
    },
  });
  return [
    {
      name: "refused",
      isAway: true,
      isUnreadable: true,
      begin: () => proxy.refuse(),
      end: () => proxy.listen(),
    },
    { ...ruled("black hole", true, blackHole), isSilent: true },
    ruled("slow", false, () => delayed(SLOW_MS)),
    ruled("cut before a commit", false, () => cutAtCommit("before", oneIn(COMMITS))),
    ruled("cut after a commit", false, () => cutAtCommit("after", oneIn(COMMITS))),
    {
      name: "crashed",
      isAway: true,
      isUnreadable: true,
      begin: () => cluster.crash(),
      end: () => cluster.start(),
    },
  ];
}

/**
 * @param {string} file of the database
 * @param {number} pid of its server
 * @returns {DatabaseFault[]}
 */
export function sqliteFaults(file, pid) {
  /** @type {Libsql.Database | undefined} */
  let holder;
  // A write past the limit fails as on a full disk; Node ignores the signal that comes with it.
  const fullDisk = {
    name: "full disk",
    isAway: true,
    isUnreadable: false,
    begin: () => limitFiles(pid, "1"),
    end: () => limitFiles(pid, "unlimited"),
  };
  return [
    ...(process.platform === "linux" ? [fullDisk] : []),
    {
      name: "held by another process",
      isAway: true,
      isUnreadable: false,
      isSilent: true,
      begin: () => {
        holder = new Libsql(file, { timeout: 5_000 });
        holder.exec("begin immediate");
      },
      end: () => holder?.close(),
    },
  ];
}

/**
 * @param {number} pid
 * @param {string} bytes
 */
function limitFiles(pid, bytes) {
  execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:unlimited`]);
}

/** @param {number} each */
function oneIn(each) {
  let count = 0;
  return () => ++count % each === 0;
}
