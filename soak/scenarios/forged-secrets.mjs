import { randomBytes } from "node:crypto";

/**
 * Spellings of a secret that was really given out, and others that nobody was given. None of them is it.
 *
 * @param {string} real
 * @param {string} prefix how every one of its kind begins
 * @returns {string[]}
 */
export function forgedSecrets(real, prefix) {
  const own = real.slice(prefix.length);
  const last = own.at(-1) === "A" ? "B" : "A";
  const random = () => randomBytes(32).toString("base64url");
  const near = [
    `${prefix}${own.slice(0, -1)}`,
    `${prefix}${own.slice(0, -1)}${last}`,
    `${prefix}${own}A`,
    `${prefix}${own}=`,
    `${prefix}${own}%00`,
    `${prefix}${own.toLowerCase()}`,
    `${prefix}${own.toUpperCase()}`,
    `${prefix}${[...own].reverse().join("")}`,
    `${prefix}${own}.${own}`,
    `${prefix}${own},${own}`,
    `${prefix}${prefix}${own}`,
    `${prefix.toUpperCase()}${own}`,
    own,
    prefix,
    `${prefix}null`,
    `${prefix}undefined`,
    `${prefix}__proto__`,
    `${prefix}' or '1'='1`,
    `${prefix}%`,
    `${prefix}${"A".repeat(own.length)}`,
    `${prefix}${"A".repeat(4000)}`,
  ];
  return [...near, ...Array.from({ length: 40 }, () => `${prefix}${random()}`)].filter(
    (forged) => forged !== real,
  );
}
