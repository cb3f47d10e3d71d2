// What a visitor does, as functions that run in the page.

/** Gives the widget one set of options after the other. */
export async function applyOptions(all: readonly object[]): Promise<void> {
  for (const options of all) {
    Reflect.get(window, "chat").update(options);
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  }
}

/** Begins anew and asks each question when the last turn shows how the one before has ended. */
export async function askAll({
  questions,
  end,
}: {
  readonly questions: readonly string[];
  readonly end: string;
}): Promise<void> {
  const patienceMs = 60_000;
  const find = (selector: string) => document.querySelector<HTMLElement>(selector);
  const until = async (what: string, isSo: () => boolean) => {
    const from = performance.now();
    while (!isSo()) {
      if (performance.now() - from > patienceMs) throw new Error(`Waited in vain: ${what}`);
      await new Promise((drawn) => requestAnimationFrame(drawn));
    }
  };

  find("[aria-label='New conversation']")?.click();
  await until("a new conversation", () => find(".turn") === null);
  for (const [index, question] of questions.entries()) {
    const field = document.querySelector("textarea");
    // Not typed: the browser takes minutes to type thousands of lines.
    if (field) field.value = question;
    field?.dispatchEvent(new Event("input", { bubbles: true }));
    await until("may send", () => find(".send[aria-label=Send]:not(:disabled)") !== null);
    field?.dispatchEvent(new KeyboardEvent("keydown", { keyCode: 13, bubbles: true }));
    const turns = () => document.querySelectorAll(".turn").length;
    await until(end, () => turns() > index && find(`.turn.last ${end}`) !== null);
  }
}

/** Opens all passages, gives the focus to all that takes it, and points at it. */
export async function touchAll(): Promise<void> {
  const all = (selector: string) => document.querySelectorAll<HTMLElement>(selector);
  for (const button of all(".sources li > button")) button.click();
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  // Of thousands of chips the first are like the rest.
  for (const element of [...all("a, button, [tabindex]")].slice(0, 500)) {
    element.focus({ preventScroll: true });
    element.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
  }
}
