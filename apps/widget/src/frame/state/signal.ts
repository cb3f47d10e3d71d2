/** A value that says when it changes. */
export interface ReadonlySignal<Value> {
  readonly value: Value;
  /** Calls `act` after every change, until the function it returns is called. */
  subscribe(act: () => void): () => void;
}

/** A value that says when it changes, for its owner. */
export interface Signal<Value> extends ReadonlySignal<Value> {
  value: Value;
}

// A signals library would be a seventh of the frame's bytes; the frame needs these few lines of it.
export function signal<Value>(first: Value): Signal<Value> {
  const readers = new Set<() => void>();
  let current = first;
  return {
    get value() {
      return current;
    },
    set value(next) {
      if (next === current) return;
      current = next;
      for (const read of readers) read();
    },
    subscribe(act) {
      readers.add(act);
      return () => void readers.delete(act);
    },
  };
}
