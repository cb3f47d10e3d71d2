import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Runs a command beside a server, on its database, and gives what it printed.
 *
 * @param {import("../rig/orcha-process.mjs").OrchaProcess} server
 * @param {readonly string[]} args
 * @param {string} [input]
 */
export async function runCommand({ options }, args, input = "") {
  const child = spawn(process.execPath, [options.script, ...args], {
    cwd: options.folder,
    env: { PATH: process.env.PATH, ...options.env },
    stdio: "pipe",
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  child.stdin.end(input);
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`orcha ${args.join(" ")} ended with ${status}: ${errors}`);
  return output;
}
