import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { MessagePort } from "node:worker_threads";
import type { IndexedPassage } from "./document.ts";
import type { IngestReply, IngestRequest } from "./ingest-protocol.ts";
import { decodeFile } from "./parsers/decode.ts";
import { kindOf, PARSER_VERSION } from "./parsers/file-kinds.ts";
import { type PreparedDocument, prepareDocument } from "./prepare-document.ts";

/** So many postings are stored in one write, which keeps it in the low milliseconds. */
const POSTINGS_PER_WRITE = 300;
const PASSAGES_PER_WRITE = 12;

/** Reads and parses files in a thread of its own, so that a monstrous one harms nobody's chat. */
export function runIngestWorker(port: MessagePort): void {
  let open: { readonly document: PreparedDocument; next: number } | undefined;

  port.on("message", (request: IngestRequest) => {
    void answer(request)
      .catch(failureOf)
      .then((reply) => port.postMessage(reply));
  });

  async function answer(request: IngestRequest): Promise<IngestReply> {
    if (request.type === "continue") return { type: "passages", ...takePassages() };
    open = undefined;

    const bytes = await readFile(request.path);
    const fingerprint = `${PARSER_VERSION}:${createHash("sha256").update(bytes).digest("hex")}`;
    if (fingerprint === request.fingerprint) return { type: "unchanged" };
    const content = decodeFile(bytes, { html: kindOf(request.source) === "html" });
    if (content === undefined) {
      return { type: "failure", reason: "it is not UTF-8 text", unread: false };
    }

    const document = await prepareDocument(request.source, content);
    open = { document, next: 0 };
    return { type: "document", facts: { ...document.facts, fingerprint }, ...takePassages() };
  }

  function takePassages(): { passages: IndexedPassage[]; complete: boolean } {
    if (!open) throw new Error("No file is open");
    const passages: IndexedPassage[] = [];
    let postings = 0;
    while (
      open.next < open.document.passages &&
      passages.length < PASSAGES_PER_WRITE &&
      postings < POSTINGS_PER_WRITE
    ) {
      const passage = open.document.passage(open.next++);
      passages.push(passage);
      postings += passage.terms.length;
    }
    return { passages, complete: open.next >= open.document.passages };
  }
}

function failureOf(error: unknown): IngestReply {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code === "string" && code.startsWith("E") && !code.startsWith("ERR_")) {
    return { type: "failure", reason: `it cannot be read (${code})`, unread: true };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { type: "failure", reason: `it cannot be parsed (${reason})`, unread: false };
}
