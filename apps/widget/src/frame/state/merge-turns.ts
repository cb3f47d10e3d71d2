import { type Signal, signal } from "./signal.ts";
import type { Turn } from "./turn.ts";

/**
 * What is shown after a page of the transcript was read: the page decides about the turns of its time, those before and
 * after it stay, and so does what never reached the server. A turn that is known keeps its place on screen.
 */
export function mergeTurns(
  shown: readonly Signal<Turn>[],
  page: readonly Turn[],
): readonly Signal<Turn>[] {
  const first = page[0]?.id ?? 0;
  const last = page.at(-1)?.id ?? 0;
  const known = new Map(shown.map((turn) => [turn.value.id, turn]));
  return [
    ...shown.filter(({ value: { id = Infinity } }) => id < first),
    ...page.map((told) => {
      const turn = known.get(told.id);
      if (turn) turn.value = updated(turn.value, told);
      return turn ?? signal(told);
    }),
    ...shown.filter(({ value: { id = Infinity } }) => id > last),
  ];
}

function updated(turn: Turn, told: Turn): Turn {
  if (turn.phase !== told.phase) return { ...told, message: turn.message };
  // A page may begin in the middle of a turn.
  return turn.question ? turn : { ...turn, question: told.question };
}
