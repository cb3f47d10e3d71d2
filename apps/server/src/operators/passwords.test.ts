import { describe, expect, it } from "vitest";
import { createPasswords } from "./passwords.ts";

/** Of "correct horse", at a cost that no real hash has. */
const CHEAP = "$scrypt$ln=4,r=1,p=1$c2FsdHNhbHQ$LyyXtOCJHDl9ReEPgjEqg84ApIzCtIZc6GNMz58teEU";

describe("passwords", () => {
  it("are known again, and nothing else is", async () => {
    const passwords = createPasswords();
    const stored = await passwords.hash("correct horse");
    expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await passwords.verify("correct horse", stored)).toBe(true);
    expect(await passwords.verify("Correct horse", stored)).toBe(false);
    expect(await passwords.verify("correct horse", undefined)).toBe(false);
    expect(await passwords.hash("correct horse")).not.toBe(stored);
  });

  it("are the same however a keyboard composes their letters", async () => {
    const passwords = createPasswords();
    const stored = await passwords.hash("na\u00efve caf\u00e9");
    expect(await passwords.verify("nai\u0308ve cafe\u0301", stored)).toBe(true);
  });

  it("are checked with the cost that was stored", async () => {
    const passwords = createPasswords();
    expect(await passwords.verify("correct horse", CHEAP)).toBe(true);
    expect(await passwords.verify("correct horse", CHEAP.replace("ln=4", "ln=5"))).toBe(false);
  });

  it("leave the event loop free, and are hashed in the order they came", async () => {
    const passwords = createPasswords();
    const started = performance.now();
    let latest = started;
    let longestPause = 0;
    const watch = setInterval(() => {
      longestPause = Math.max(longestPause, performance.now() - latest);
      latest = performance.now();
    }, 1);
    const order: number[] = [];
    await Promise.all(
      [0, 1, 2, 3, 4, 5].map(async (number) => {
        await passwords.verify("correct horse", undefined);
        order.push(number);
      }),
    );
    clearInterval(watch);
    // Who came as the sixth begins when four are done.
    for (const number of order) expect(order.indexOf(number)).toBeGreaterThanOrEqual(number - 1);
    expect(longestPause).toBeLessThan((performance.now() - started) / 3);
  });

  it("are hashed two at a time, and no crowd may wait", async () => {
    const passwords = createPasswords();
    const all = await Promise.allSettled(
      Array.from({ length: 60 }, () => passwords.verify("x", CHEAP)),
    );
    const refused = all.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(60 - 52);
    expect(await passwords.verify("x", CHEAP)).toBe(false);
  });
});
