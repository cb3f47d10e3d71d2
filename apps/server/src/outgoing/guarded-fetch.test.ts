import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guardedConnector, type Lookup } from "./guarded-connector.ts";
import { createGuardedFetch, type GuardedFetch } from "./guarded-fetch.ts";
import { isPublicAddress } from "./public-address.ts";

const LIMITS = { maxBytes: 1000, timeoutMs: 3000 };

/** Every way to write an address that is nobody's business from outside. */
const PRIVATE = [
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.1",
  "100.100.100.200",
  "127.0.0.1",
  "127.255.255.254",
  "168.63.129.16",
  "169.254.0.1",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.1",
  "192.0.0.192",
  "192.0.2.1",
  "192.31.196.1",
  "192.52.193.1",
  "192.88.99.1",
  "192.168.0.1",
  "192.175.48.1",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "239.255.255.250",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::127.0.0.1",
  "::7f00:1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:10.0.0.1",
  "::ffff:169.254.169.254",
  "::ffff:0:127.0.0.1",
  "64:ff9b::127.0.0.1",
  "64:ff9b::a9fe:a9fe",
  "64:ff9b:1::1",
  "100::1",
  "2001::1",
  "2001:2::1",
  "2001:10::1",
  "2001:20::1",
  "2001:db8::1",
  "2002:7f00:1::1",
  "3fff::1",
  "5f00::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fe80::1%lo",
  "fec0::1",
  "ff02::1",
  "4000::1",
  "e000::1",
];
const PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::1"];

/** Spellings that a URL's parser turns into 127.0.0.1 or leaves to the resolver. */
const SPELLINGS = [
  "127.1",
  "0x7f.1",
  "0x7f000001",
  "017700000001",
  "2130706433",
  "127.0.0.1.",
  "１２７.0.0.1",
  "①②⑦.0.0.1",
  "127。0。0。1",
  "%31%32%37.0.0.1",
  "0",
  "[::1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[0:0:0:0:0:0:0:1]",
  "[64:ff9b::7f00:1]",
  "localhost",
  "LOCALHOST",
  "localhost.",
];

describe("public addresses", () => {
  it("are told from private, reserved and translated ones", () => {
    expect(PRIVATE.filter(isPublicAddress)).toEqual([]);
    expect(PUBLIC.filter((address) => !isPublicAddress(address))).toEqual([]);
    expect(["", "example.com", "1.2.3", "127.0.0.1:80", "[::1]"].filter(isPublicAddress)).toEqual(
      [],
    );
  });
});

describe("guarded fetch", () => {
  let server: Server;
  let port: number;
  let connections: number;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    connections = 0;
    answer = (_, response) => response.end("hello");
    server = createServer((request, response) => answer(request, response));
    server.on("connection", () => {
      connections += 1;
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  const allowing = (...allowedHosts: string[]) => createGuardedFetch({ allowedHosts });

  async function failure(fetch: GuardedFetch, url: string, limits = LIMITS): Promise<string> {
    return fetch(url, limits).then(
      ({ status }) => `status ${status}`,
      (error: Error) => error.name,
    );
  }

  it("connects to no private address, however it is written", async () => {
    const looked: string[] = [];
    const fetch = createGuardedFetch({
      lookup: (hostname, callback) => {
        looked.push(hostname);
        callback(null, [{ address: "127.0.0.1", family: 4 }]);
      },
    });
    const literals = PRIVATE.filter((address) => !address.includes("%"));
    const hosts = [
      ...literals.map((address) => (address.includes(":") ? `[${address}]` : address)),
      ...SPELLINGS,
    ];
    const outcomes = new Set<string>();
    for (const host of hosts) {
      for (const url of [`http://${host}/`, `https://${host}/`]) {
        outcomes.add(await failure(fetch, url));
      }
    }
    expect([...outcomes]).toEqual(["PrivateAddressError"]);
    expect(connections).toBe(0);
  });

  it("refuses other schemes, other ports, names and passwords", async () => {
    const urls = [
      "file:///etc/passwd",
      "ftp://example.com/",
      "gopher://example.com/",
      "data:text/plain,x",
      "javascript:1",
      "//example.com",
      "",
      "http://",
      "http://example.com:22/",
      "http://example.com:8080/",
      "https://example.com:8443/",
      "http://user@example.com/",
      "http://user:password@example.com/",
    ];
    for (const url of urls) expect(await failure(allowing(), url)).toBe("FetchRefusedError");
  });

  it("refuses a name as soon as one of its addresses is private", async () => {
    const lookup: Lookup = (_, callback) =>
      callback(null, [
        { address: "1.1.1.1", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]);
    const fetch = createGuardedFetch({ lookup });
    expect(await failure(fetch, "http://rebind.example/")).toBe("PrivateAddressError");
    expect(connections).toBe(0);
  });

  it("asks for a name's addresses once, so that it cannot change them in between", async () => {
    const answers: LookupAddress[] = [
      { address: "127.0.0.1", family: 4 },
      { address: "127.0.0.2", family: 4 },
    ];
    let asked = 0;
    const fetch = createGuardedFetch({
      allowedHosts: [`rebind.example:${port}`],
      lookup: (_, callback) => callback(null, answers.slice(asked, ++asked)),
    });
    expect(await failure(fetch, `http://rebind.example:${port}/`)).toBe("status 200");
    expect(asked).toBe(1);
  });

  it("hangs up before a word is said when a connection went to a private address after all", async () => {
    let looks = 0;
    // A name whose address is public while it is checked and private when it is connected to.
    const changing = {
      family: 4,
      get address() {
        looks += 1;
        return looks === 1 ? "1.1.1.1" : "127.0.0.1";
      },
    };
    const connect = guardedConnector({
      isAllowedHost: () => false,
      lookup: (_, callback) => callback(null, [changing]),
      timeoutMs: 1000,
    });
    let requests = 0;
    answer = (_, response) => {
      requests += 1;
      response.end();
    };
    const target = { hostname: "rebind.example", host: "rebind.example", protocol: "http:" };
    const error = await new Promise<Error | null>((resolve) => {
      connect({ ...target, port: String(port) }, (...[refused]) => resolve(refused));
    });
    expect(error?.name).toBe("PrivateAddressError");
    expect([connections, requests]).toEqual([1, 0]);
  });

  it("reads hosts that the operator allowed, by name or by name and port", async () => {
    for (const allowed of ["127.0.0.1", `127.0.0.1:${port}`]) {
      const { status, body } = await allowing(allowed)(`http://127.0.0.1:${port}/a`, LIMITS);
      expect([status, Buffer.from(body).toString()]).toEqual([200, "hello"]);
    }
    const other = allowing("127.0.0.1:1", "127.0.0.2");
    expect(await failure(other, `http://127.0.0.1:${port}/`)).toBe("FetchRefusedError");
  });

  it("looks at every redirect anew, and follows five at most", async () => {
    const targets = [
      "http://127.0.0.2/",
      "http://169.254.169.254/latest/meta-data/",
      "http://[::1]/",
      "http://2130706433:1/",
      "file:///etc/passwd",
      "http://user@127.0.0.1/",
      "http://[bad",
    ];
    let target = "";
    answer = (_, response) => response.writeHead(302, { location: target }).end();
    const fetch = allowing(`127.0.0.1:${port}`);
    for (target of targets) {
      expect(await failure(fetch, `http://127.0.0.1:${port}/`)).toMatch(
        /RefusedError|PrivateAddressError/,
      );
    }
    expect(connections).toBe(targets.length);

    let hops = 0;
    answer = (_, response) => {
      hops += 1;
      response.writeHead(307, { location: `/${hops}` }).end();
    };
    expect(await failure(fetch, `http://127.0.0.1:${port}/`)).toBe("FetchRefusedError");
    expect(hops).toBe(6);

    hops = 0;
    answer = (_, response) => {
      hops += 1;
      if (hops <= 5) response.writeHead(301, { location: `/${hops}` }).end();
      else response.end("there");
    };
    const { url } = await fetch(`http://127.0.0.1:${port}/`, LIMITS);
    expect(url).toBe(`http://127.0.0.1:${port}/5`);
  });

  it("sends no cookie that an answer set", async () => {
    const seen: (string | undefined)[] = [];
    answer = (request, response) => {
      seen.push(request.headers.cookie);
      const location = request.url === "/" ? { location: "/next" } : undefined;
      response.writeHead(location ? 302 : 200, { "set-cookie": "a=1", ...location }).end();
    };
    await allowing("127.0.0.1")(`http://127.0.0.1:${port}/`, LIMITS);
    expect(seen).toEqual([undefined, undefined]);
  });

  it("ends with too many bytes, announced or not, and with too much time", async () => {
    const fetch = allowing("127.0.0.1");
    const url = `http://127.0.0.1:${port}/`;
    answer = (_, response) => response.end("x".repeat(1001));
    expect(await failure(fetch, url)).toBe("FetchRefusedError");
    answer = (_, response) => {
      const more = () => response.write("x".repeat(100), () => setImmediate(more));
      more();
    };
    expect(await failure(fetch, url)).toBe("FetchRefusedError");
    answer = () => {};
    expect(await failure(fetch, url, { ...LIMITS, timeoutMs: 50 })).toBe("TimeoutError");
    answer = (_, response) => response.write("half");
    expect(await failure(fetch, url, { ...LIMITS, timeoutMs: 50 })).toBe("TimeoutError");
  });
});
