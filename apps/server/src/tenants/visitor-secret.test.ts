import { describe, expect, it } from "vitest";
import { makeVisitorSecret, verifyVisitorSecret } from "./visitor-secret.ts";

describe("visitor secret", () => {
  it("proves the owner it was made for and no other", () => {
    const one = makeVisitorSecret("key");
    const two = makeVisitorSecret("key");
    expect(verifyVisitorSecret(one.token, "key")).toEqual(one);
    expect(one.owner).not.toBe(two.owner);
    expect(one.owner).not.toContain(one.token.split(".")[1]);
  });

  it("refuses what this installation did not make", () => {
    const { token } = makeVisitorSecret("key");
    const [version, random, mac] = token.split(".");
    const other = makeVisitorSecret("key").token.split(".")[2];
    const forged = [
      "",
      "v1",
      `${token}x`,
      `${version}.${random}.${other}`,
      `${version}.${random}.${"A".repeat(43)}`,
      `${version}.${random}x.${mac}`,
      `v2.${random}.${mac}`,
      token.toUpperCase(),
    ];
    for (const attempt of forged) expect(verifyVisitorSecret(attempt, "key")).toBeUndefined();
    expect(verifyVisitorSecret(token, "another key")).toBeUndefined();
  });
});
