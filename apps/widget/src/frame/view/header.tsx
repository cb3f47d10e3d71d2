import { Icon } from "./icon.tsx";

/** Who answers, and the two ways out: a new conversation, and closing. */
export function Header({
  title,
  subtitle,
  onNew,
  onClose,
}: {
  readonly title: string;
  readonly subtitle: string | undefined;
  readonly onNew: (() => void) | undefined;
  readonly onClose: (() => void) | undefined;
}) {
  const [initial = ""] = title.trim();
  return (
    <header>
      <span class="avatar" aria-hidden="true">
        {initial.toUpperCase()}
      </span>
      <div class="names">
        <h1 dir="auto">{title}</h1>
        {subtitle && <p dir="auto">{subtitle}</p>}
      </div>
      {onNew && (
        <button
          type="button"
          class="icon"
          aria-label="New conversation"
          title="New conversation"
          onClick={onNew}
        >
          <Icon name="fresh" />
        </button>
      )}
      {onClose && (
        <button type="button" class="icon" aria-label="Close chat" title="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}
