import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import type { Refusal } from "../state/api.ts";
import { asRefusal } from "../state/view.ts";

/** Says what is wrong with the values of a form, by field; empty sentences are none. */
export type Problems = Readonly<Record<string, string>>;

interface FormProps {
  readonly button: string;
  readonly check: (values: Values) => Problems;
  /** Rejects with a Refusal, which the form shows. */
  readonly send: (values: Values) => Promise<void>;
  readonly children: (problems: Problems) => ComponentChildren;
}

export type Values = (field: string) => string;

/** A form that tells at its fields what is wrong, leads there, and sends once at a time. */
export function Form({ button, check, send, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [problems, setProblems] = useState<Problems>({});
  const [refusal, setRefusal] = useState<Refusal>();
  const [isBusy, setBusy] = useState(false);

  async function submit(event: Event) {
    event.preventDefault();
    if (!form.current || isBusy) return;
    const data = new FormData(form.current);
    const values: Values = (field) => String(data.get(field) ?? "");
    const found = check(values);
    setProblems(found);
    setRefusal(undefined);
    const first = Object.keys(found).find((field) => found[field]);
    if (first) return form.current.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
    setBusy(true);
    await send(values).catch((error: unknown) => setRefusal(asRefusal(error)));
    setBusy(false);
  }

  return (
    <form ref={form} noValidate onSubmit={(event) => void submit(event)}>
      {children(problems)}
      <p class="refusal" role="alert">
        {refusal?.message}
      </p>
      <button type="submit" class="primary" aria-busy={isBusy}>
        {isBusy ? "One moment…" : button}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly type?: "text" | "email";
  readonly autoComplete: string;
  readonly value?: string;
  readonly readOnly?: boolean;
  readonly hint?: string;
  readonly problem?: string | undefined;
}

export function Field({ type = "text", ...props }: FieldProps) {
  return <Input {...props} kind={type === "text" ? { type: "text" } : { type: "email" }} />;
}

/** A password that can be looked at while it is typed. */
export function PasswordField(props: Omit<FieldProps, "type">) {
  const [isShown, setShown] = useState(false);
  return (
    <Input {...props} kind={isShown ? { type: "text" } : { type: "password" }}>
      <button
        type="button"
        class="reveal"
        aria-pressed={isShown}
        aria-label={`Show: ${props.label}`}
        onClick={() => setShown(!isShown)}
      >
        {isShown ? "Hide" : "Show"}
      </button>
    </Input>
  );
}

interface InputProps extends Omit<FieldProps, "type"> {
  readonly kind: { type: "text" } | { type: "email" } | { type: "password" };
  readonly children?: ComponentChildren;
}

function Input({ label, hint, problem, value, kind, children, ...input }: InputProps) {
  const id = useId();
  const note = problem || hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="control">
        <input
          {...input}
          {...kind}
          id={id}
          defaultValue={value ?? ""}
          autoCapitalize="none"
          spellcheck={false}
          aria-invalid={problem ? "true" : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
        />
        {children}
      </div>
      {note && (
        <p id={`${id}-note`} class={problem ? "problem" : "hint"}>
          {note}
        </p>
      )}
    </div>
  );
}
