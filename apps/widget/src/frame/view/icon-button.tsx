import { Icon } from "./icon.tsx";

/** A button that is a drawing: its name is read aloud, and shown to those who point at it. */
export function IconButton({
  shape,
  name,
  look = "icon",
  pressed,
  onClick,
}: {
  readonly shape: string;
  readonly name: string;
  /** Its class: `icon` in a header, `tool` under an answer. */
  readonly look?: string;
  /** Of a button that stays down. */
  readonly pressed?: boolean | undefined;
  readonly onClick: () => void;
}) {
  return (
    <button
      type="button"
      class={look}
      aria-label={name}
      aria-pressed={pressed}
      title={name}
      onClick={onClick}
    >
      <Icon shape={shape} />
    </button>
  );
}
