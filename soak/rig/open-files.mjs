import { readdirSync, readlinkSync } from "node:fs";

/**
 * How many sockets a process has open; Linux only.
 *
 * @param {number} pid
 */
export function openSockets(pid) {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => isSocket(`${folder}/${fd}`)).length;
}

/** @param {string} link one that may close meanwhile */
function isSocket(link) {
  try {
    return readlinkSync(link).startsWith("socket:");
  } catch {
    return false;
  }
}
