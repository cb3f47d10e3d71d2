import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditTranscript, noFindings } from "../soak/ledger/audit.mjs";
import { reliabilityPage } from "../soak/report.mjs";
import { Workshop } from "../soak/rig/rig.mjs";
import { type Engine, runScenario, type Scenario, whatIsMissing } from "../soak/scenario.mjs";
import { SCENARIOS } from "../soak/scenarios.mjs";
import { brokenLimits } from "../soak/verdict.mjs";

describe("reliability, in short", () => {
  let workshop: Workshop;
  beforeAll(async () => {
    workshop = await Workshop.open();
  });
  afterAll(() => workshop.close());

  // Two scenarios at a time, one on each engine: most of them wait most of the time. One that crashes the database server
  // is alone with it.
  const lanes = {
    sqlite: Promise.resolve<unknown>(undefined),
    postgres: Promise.resolve<unknown>(undefined),
  };
  const run = (scenario: Scenario, engine: Engine) => {
    const turn = lanes[engine].then(() =>
      runScenario(workshop, scenario, { engine, scale: "short" }),
    );
    lanes[engine] = turn.catch(() => undefined);
    return turn;
  };

  for (const scenario of SCENARIOS) {
    for (const engine of scenario.engines) {
      it.concurrent(`${scenario.promise}: ${scenario.name} (${engine})`, async ({
        expect,
        skip,
      }) => {
        const missing = whatIsMissing(workshop, scenario, engine);
        skip(missing !== undefined, missing);
        const { result, problems } = await run(scenario, engine);
        expect(problems).toEqual([]);
        expect(result.passed).toBe(true);
      }, 300_000);
    }
  }
});

describe("the audit of a transcript", () => {
  const entries = [
    { key: "a", message: { text: "One" }, answer: "First" },
    { key: "b", message: { text: "Two" }, answer: "Second" },
    { key: "c", message: { text: "Three" } },
  ];
  const message = (id: number, role: "visitor" | "assistant", text: string, turnId = id) => ({
    id,
    turn_id: turnId - (turnId % 2),
    role,
    text,
    status: "done",
    error: null,
  });
  const kept = [
    message(2, "visitor", "One"),
    message(3, "assistant", "First"),
    message(4, "visitor", "Two"),
    message(5, "assistant", "Second"),
  ];
  const audit = (messages: typeof kept) => {
    const findings = noFindings();
    auditTranscript(entries, messages, findings);
    const { evidence: _, ...counts } = findings;
    return counts;
  };
  const clean = { lost: 0, changed: 0, doubled: 0, unexpected: 0 };

  it("finds nothing where all is kept, whether or not an unanswered message is there", () => {
    expect(audit(kept)).toEqual(clean);
    expect(audit([...kept, message(6, "visitor", "Three")])).toEqual(clean);
  });

  it("finds an answer that is gone, with its question or without", () => {
    expect(audit(kept.slice(0, 3))).toEqual({ ...clean, lost: 1 });
    expect(audit(kept.slice(0, 2))).toEqual({ ...clean, lost: 1 });
  });

  it("finds an answer with another text and an answer of a turn that failed", () => {
    const changed = kept.map((one) => (one.id === 5 ? { ...one, text: "Other" } : one));
    expect(audit(changed)).toEqual({ ...clean, changed: 1 });
    const failed = kept.map((one) => (one.id === 5 ? { ...one, status: "failed" } : one));
    expect(audit(failed)).toEqual({ ...clean, changed: 1 });
  });

  it("finds a message that is there twice, and an answer that is", () => {
    expect(audit([...kept, message(6, "visitor", "One")])).toEqual({ ...clean, doubled: 1 });
    const twice = [...kept, message(7, "assistant", "Second", 4)];
    expect(audit(twice)).toEqual({ ...clean, doubled: 1, unexpected: 1 });
  });

  it("finds what nobody wrote", () => {
    expect(audit([...kept, message(6, "visitor", "Four")])).toEqual({ ...clean, unexpected: 1 });
  });
});

describe("limits", () => {
  it("are broken by a figure beyond them and by one that was not measured", () => {
    const limits = { lost: { atMost: 0 }, cycles: { atLeast: 8 } };
    expect(brokenLimits({ figures: { lost: 0, cycles: 8 }, limits })).toEqual([]);
    expect(brokenLimits({ figures: { lost: 1, cycles: 7 }, limits })).toEqual([
      "lost: 1, at most 0",
      "cycles: 7, at least 8",
    ]);
    expect(brokenLimits({ figures: {}, limits })).toHaveLength(2);
  });
});

describe("the page of figures", () => {
  const result = {
    promise: "R1",
    name: "kept",
    engine: "sqlite" as const,
    scale: "full" as const,
    figures: { cycles: 8, lost: 0, readyMs: 12 },
    limits: { lost: { atMost: 0 }, readyMs: { atMost: 20 } },
    passed: true,
    seconds: 3.4,
    date: "2026-01-02T03:04:05.000Z",
    commit: "abc1234",
  };
  const about = { node: "v20.20.2", machine: { cpu: "chip", cores: 2, memoryGb: 4 } };

  it("shows figures beside their limits, and what did not happen", () => {
    const page = reliabilityPage({ ...about, results: [result] });
    expect(page).toContain("| R1 An answer that was acknowledged is kept | kept | – |");
    expect(page).toContain(
      "kills 8; ready again after (median) 12 ms (at most 20 ms). Not once: lost.",
    );
  });

  it("says what is broken, what was measured at a small scale only, and what was not measured", () => {
    const broken = { ...result, figures: { lost: 2 }, passed: false, scale: "short" as const };
    const page = reliabilityPage({ ...about, results: [broken] });
    expect(page).toContain("| **broken**, small scale only | – |");
    expect(page).toContain("**lost 2 (must be at most 0)**");
    expect(page).toContain("**ready again after (median) not measured (must be at most 20 ms)**");
    expect(page).toContain("have no figure yet: R2 ");
  });
});
