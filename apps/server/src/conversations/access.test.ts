import { describe, expect, it } from "vitest";
import { accessOf, type Claim, OPEN_BY_ID_MS, type Ownership } from "./access.ts";

const born = 1_000_000;
const unsealed: Ownership = {
  label: "",
  user_id: 1,
  owner: null,
  offered_owner: "visitor:a",
  created_at: born,
};
const sealed: Ownership = { ...unsealed, owner: "visitor:a", offered_owner: null };
const claim = (more: Partial<Claim> = {}): Claim => ({
  label: "",
  userId: 1,
  owner: null,
  handsOver: null,
  strict: false,
  ...more,
});

describe("access to a conversation", () => {
  it("belongs to the credential that sealed it and to no other", () => {
    expect(accessOf(sealed, claim({ owner: "visitor:a" }), born)).toBe("owner");
    expect(accessOf(sealed, claim({ owner: "visitor:b" }), born)).toBe("none");
    expect(accessOf(sealed, claim(), born)).toBe("none");
  });

  it("is sealed by the very secret that was handed out with it, even after a day", () => {
    const secret = claim({ owner: "visitor:a", handsOver: null, strict: true });
    expect(accessOf(unsealed, secret, born + 2 * OPEN_BY_ID_MS)).toBe("seals");
  });

  it("is open to the id alone for a day, and any other secret counts as the id alone", () => {
    expect(accessOf(unsealed, claim(), born + OPEN_BY_ID_MS)).toBe("by-id");
    expect(accessOf(unsealed, claim({ owner: "visitor:b" }), born)).toBe("by-id");
    expect(accessOf(unsealed, claim(), born + OPEN_BY_ID_MS + 1)).toBe("none");
  });

  it("is never open to the id alone where the tenant binds strictly", () => {
    expect(accessOf(unsealed, claim({ strict: true }), born)).toBe("none");
  });

  it("does not exist under another label or another user", () => {
    const owner = "visitor:a";
    expect(accessOf(sealed, claim({ owner, label: "partner" }), born)).toBe("none");
    expect(accessOf(sealed, claim({ owner, userId: 2 }), born)).toBe("none");
    expect(accessOf(undefined, claim({ owner }), born)).toBe("none");
  });
});
