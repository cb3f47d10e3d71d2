/** The UTC day of a moment, as `2026-11-22`. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The month of a day, as `2026-11`. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** The first day of a day's month. */
export function firstOfMonth(day: string): string {
  return `${monthOf(day)}-01`;
}
