import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { ask, newVisitor } from "../rig/chat.mjs";
import { fetchText } from "../rig/exchange.mjs";
import { forEachAtOnce } from "../rig/wait.mjs";
import { atMost } from "../verdict.mjs";
import { forgedSecrets } from "./forged-secrets.mjs";
import { runCommand } from "./orcha-command.mjs";
import { loadTokenCorpus } from "./token-corpus.mjs";

const API = "/api/v1/orcha";
const TENANT = "shop";
const AT_ONCE = 16;
/** A header that Node itself refuses is refused as well. */
const HEADER_TOO_LARGE = 431;
/** Tokens that are valid for moments only, or need a clock that stands still. */
const NEEDS_A_STILL_CLOCK = /leeway|a whole day/;

/** @type {import("../scenario.mjs").Scenario} */
export const forgedCredentialsAreRefused = {
  promise: "R16",
  name: "no forged credential passes",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine }) {
    const corpus = await loadTokenCorpus(rig.file(""));
    /** @type {string} */
    let published = "";
    const provider = await keyServer(rig, () => published);
    const attacker = await keyServer(rig, () => published);
    const world = corpus.makeTokenWorld({
      tenantId: TENANT,
      attackerUrl: `http://${attacker.host}`,
      jwksUrl: `http://${provider.host}/jwks.json`,
      now: Date.now(),
    });
    published = JSON.stringify(world.jwks);

    const model = await rig.model();
    const storage = engine === "sqlite" ? rig.sqlite() : await rig.postgres();
    const server = await rig.orcha(model, {
      env: {
        ...storage.env,
        ORCHA_RATE_LIMITS: "off",
        ORCHA_SECRET_KEYS: randomBytes(32).toString("base64url"),
        ORCHA_FETCH_HOSTS: provider.host,
      },
    });
    await registerTenant(server, world);
    const visits = new Visits(server.origin, await newVisitor(server.origin));

    const tokens = await corpus.forgedTokens(world);
    const sendable = tokens.filter(({ token }) => /^[\t\x20-\x7e\x80-\xff]*$/.test(token));
    await forEachAtOnce(sendable, AT_ONCE, ({ family, name, token }) =>
      visits.mustBeRefused(`${family}: ${name}`, { authorization: `Bearer ${token}` }),
    );
    const key = await makeKey(server);
    const keys = forgedSecrets(key, "orcha_sk_").filter((one) => one.startsWith("orcha_sk_"));
    await forEachAtOnce(keys, AT_ONCE, (forged) =>
      visits.mustBeRefused(`key ${forged}`, { authorization: `Bearer ${forged}` }),
    );
    const secrets = forgedSecrets(visits.visitor, "v1.");
    await forEachAtOnce(secrets, AT_ONCE, (forged) => visits.mustOpenNothing(forged));

    const honest = corpus.honestTokens(world).filter(({ name }) => !NEEDS_A_STILL_CLOCK.test(name));
    await forEachAtOnce([...honest.map(({ token }) => token), key], AT_ONCE, (token) =>
      visits.mustBeLetIn(token),
    );
    return {
      figures: {
        forgedTokens: sendable.length,
        families: new Set(sendable.map(({ family }) => family)).size,
        forgedKeys: keys.length,
        forgedSecrets: secrets.length,
        honestCredentials: honest.length + 1,
        ...visits.found,
        attackersAsked: attacker.requests(),
      },
      limits: {
        forgedTokens: { atLeast: 250 },
        ...atMost(0, ...Object.keys(visits.found), "attackersAsked"),
      },
      evidence: visits.evidence,
    };
  },
};

/** Requests with a credential, and what must not come of them. */
class Visits {
  found = { forgedAccepted: 0, honestRefused: 0 };
  /** @type {string[]} */
  evidence = [];
  /** @type {Promise<import("../rig/chat.mjs").Answer> | undefined} */
  #conversation;

  /**
   * @param {string} origin
   * @param {string} visitor whose secret stands beside every forged token: the token counts
   */
  constructor(origin, visitor) {
    this.origin = origin;
    this.visitor = visitor;
  }

  /**
   * @param {string} what
   * @param {Record<string, string>} credential
   */
  async mustBeRefused(what, credential) {
    const headers = { ...credential, "x-aura-visitor": this.visitor };
    for (const path of ["chat-v2", `me?tenant_id=${TENANT}`, `admin/tenants/${TENANT}`]) {
      const status = await this.#send(path, headers);
      if (status === 401 || status === HEADER_TOO_LARGE) continue;
      // Not as anonymous either.
      this.#count("forgedAccepted", `${what}: ${path}: ${status}`);
    }
  }

  /** A secret that this server did not make opens no conversation. @param {string} forged */
  async mustOpenNothing(forged) {
    this.#conversation ??= ask(this.origin, { text: "Hi" }, { visitor: this.visitor });
    const path = `conversations/${(await this.#conversation).conversationId}/messages`;
    const status = await this.#send(path, { "x-aura-visitor": forged });
    if (status < 400) this.#count("forgedAccepted", `visitor secret ${forged}: ${status}`);
  }

  /** @param {string} token */
  async mustBeLetIn(token) {
    const status = await this.#send(`me?tenant_id=${TENANT}&user_id=1`, {
      authorization: `Bearer ${token}`,
    });
    if (status !== 200) this.#count("honestRefused", `${token}: ${status}`);
  }

  /**
   * @param {string} path
   * @param {Record<string, string>} headers
   */
  async #send(path, headers) {
    const body = JSON.stringify({ text: "Let me in", tenant_id: TENANT });
    const { status } = await fetchText(`${this.origin}${API}/${path}`, {
      method: path === "chat-v2" ? "POST" : "GET",
      headers: { "content-type": "application/json", ...headers },
      ...(path === "chat-v2" && { body }),
    });
    return status;
  }

  /**
   * @param {keyof Visits["found"]} figure
   * @param {string} what
   */
  #count(figure, what) {
    this.found[figure] += 1;
    if (this.evidence.length < 50) this.evidence.push(`${figure}: ${what.slice(0, 500)}`);
  }
}

/**
 * @param {import("../rig/orcha-process.mjs").OrchaProcess} server
 * @param {import("../../apps/server/src/tenants/identity/testing/token-world.ts").TokenWorld} world
 */
async function registerTenant(server, { identity, sharedSecrets }) {
  const about = ["--tenant", TENANT, "--kind", "jwt"];
  await runCommand(server, ["tenant", "create", "--id", TENANT]);
  for (const { kid, secret } of sharedSecrets) {
    await runCommand(server, ["secret", "set", ...about, "--name", kid], secret);
  }
  const settings = JSON.stringify({ identity });
  await runCommand(server, ["tenant", "update", "--id", TENANT, "--settings", settings]);
}

/** @param {import("../rig/orcha-process.mjs").OrchaProcess} server */
async function makeKey(server) {
  const about = ["--tenant", TENANT, "--name", "R16", "--scopes", "chat"];
  const output = await runCommand(server, ["key", "create", ...about]);
  return /orcha_sk_[\w-]+/.exec(output)?.[0] ?? "";
}

/**
 * @param {import("../rig/rig.mjs").Rig} rig
 * @param {() => string} document
 */
async function keyServer(rig, document) {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.end(document());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  rig.defer(async () => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { host: `127.0.0.1:${port}`, requests: () => requests };
}
