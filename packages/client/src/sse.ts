/** One event of a server-sent event stream. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string;
}

/** Takes the decoded text of a stream in any pieces and gives the events each piece completes. */
export function createSseParser(): (piece: string) => SseEvent[] {
  let rest = "";
  let atStart = true;
  let afterCarriageReturn = false;
  let name = "";
  let id = "";
  let data: string[] = [];

  const takeLine = (line: string): SseEvent | undefined => {
    if (line === "") {
      const event =
        data.length > 0 ? { event: name || "message", data: data.join("\n"), id } : undefined;
      name = "";
      data = [];
      return event;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + (line[colon + 1] === " " ? 2 : 1));
    if (field === "event") name = value;
    else if (field === "data") data.push(value);
    else if (field === "id") id = value;
    return undefined;
  };

  return (piece) => {
    let text = piece;
    if (atStart && text !== "") {
      atStart = false;
      text = text.replace(/^\uFEFF/, "");
    }
    // A CRLF may be cut in two: the line has ended with the CR already.
    if (afterCarriageReturn && text.startsWith("\n")) text = text.slice(1);
    if (piece !== "") afterCarriageReturn = piece.endsWith("\r");

    const lines = text.split(/\r\n|\r|\n/);
    lines[0] = rest + (lines[0] ?? "");
    rest = lines.pop() ?? "";
    return lines.map(takeLine).filter((event) => event !== undefined);
  };
}
