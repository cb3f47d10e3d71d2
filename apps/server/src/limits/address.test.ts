import { describe, expect, it } from "vitest";
import { clientAddress, networkOf, truncatedAddress } from "./address.ts";

const from = (forwardedFor: string | undefined, trustedProxies: number, socketAddress?: string) =>
  clientAddress({ socketAddress: socketAddress ?? "10.0.0.9", forwardedFor, trustedProxies });

describe("the client's address", () => {
  it("is the connection's when no proxy is trusted, whatever the client writes", () => {
    expect(from("1.2.3.4", 0)).toBe("10.0.0.9");
    expect(from(undefined, 0, "::ffff:203.0.113.7")).toBe("203.0.113.7");
  });

  it("is what the outermost trusted proxy saw", () => {
    expect(from("1.2.3.4", 1)).toBe("1.2.3.4");
    expect(from("6.6.6.6, 7.7.7.7, 1.2.3.4", 1)).toBe("1.2.3.4");
    expect(from("6.6.6.6,1.2.3.4 , 10.0.0.8", 2)).toBe("1.2.3.4");
  });

  it.each([
    ["1.2.3.4:5678", "1.2.3.4"],
    ["[2001:db8::1]:443", "2001:db8::1"],
    ["[2001:DB8:0::0:1]", "2001:db8::1"],
    ['"[2001:db8::1]:443"', "2001:db8::1"],
    ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["[fe80::1%25eth0]:80", "fe80::1"],
    ["::ffff:1.2.3.4", "1.2.3.4"],
    ["::ffff:102:304", "1.2.3.4"],
    ["[::FFFF:1.2.3.4]:80", "1.2.3.4"],
    ["\t1.2.3.4  ", "1.2.3.4"],
  ])("reads %s as %s", (entry, address) => {
    expect(from(entry, 1)).toBe(address);
  });

  it.each([
    "",
    " ",
    ",",
    "unknown",
    "_hidden",
    "localhost",
    "1",
    "0x7f.1",
    "2130706433",
    "0177.0.0.1",
    "256.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.4:",
    "1.2.3.4:x",
    "[1.2.3.4",
    "2001:db8::1]:80",
    "::1::",
    ":::",
    "g::1",
    "1.2.3.4 5.6.7.8",
    "for=1.2.3.4",
    "１.２.３.４",
    "1.2.3.4\u0000",
    "%",
    "[%]",
    "[]",
    "<script>",
    "9".repeat(10_000),
    ":".repeat(10_000),
    "[".repeat(10_000),
    '"'.repeat(10_000),
    "1.".repeat(10_000),
  ])("takes the connection's for the entry %j, which is no address", (entry) => {
    expect(from(entry, 1)).toBe("10.0.0.9");
  });

  it("takes what the nearest proxy wrote when entries are missing or no address", () => {
    expect(from("1.2.3.4", 3)).toBe("1.2.3.4");
    expect(from("garbage, 10.0.0.8", 2)).toBe("10.0.0.8");
    expect(from("5.5.5.5, garbage, 10.0.0.8", 2)).toBe("10.0.0.8");
    expect(from(undefined, 2)).toBe("10.0.0.9");
  });

  it("is empty when nothing tells it", () => {
    const none = { socketAddress: undefined, forwardedFor: undefined, trustedProxies: 0 };
    expect(clientAddress(none)).toBe("");
    expect(clientAddress({ ...none, socketAddress: "/run/orcha.sock" })).toBe("");
  });

  it("is found in a header of the largest size without delay", () => {
    const started = performance.now();
    for (const part of ["1.2.3.4,", ",", "[", " ", '"', "%"]) from(part.repeat(16_384), 1);
    // It takes a few milliseconds; reading it again for every character would take minutes.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

it("counts one IPv4 address, and the /64 of an IPv6 address, as one client", () => {
  expect(networkOf("203.0.113.7")).toBe("203.0.113.7");
  expect(networkOf("::ffff:203.0.113.7")).toBe("203.0.113.7");
  expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
  expect(networkOf("2001:db8:1:2:ffff::1")).toBe(networkOf("2001:db8:1:2::9"));
  expect(networkOf("2001:db8:1:3::1")).not.toBe(networkOf("2001:db8:1:2::1"));
  expect(networkOf("")).toBe("");
});

it("keeps the provider's network only for the audit log", () => {
  expect(truncatedAddress("203.0.113.7")).toBe("203.0.113.0/24");
  expect(truncatedAddress("::ffff:203.0.113.7")).toBe("203.0.113.0/24");
  expect(truncatedAddress("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1::/48");
  expect(truncatedAddress("nobody")).toBe("");
});
