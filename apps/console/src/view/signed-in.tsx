import { useRef, useState } from "preact/hooks";
import { api, type Operator } from "../state/api.ts";
import { newPasswordProblem, passwordProblem } from "../state/fields.ts";
import { asRefusal, signIn, type View } from "../state/view.ts";
import { Form, PasswordField } from "./form.tsx";
import { Heading } from "./heading.tsx";

const UNAUTHORIZED = 401;

interface Props {
  readonly operator: Operator;
  readonly show: (view: View) => void;
}

export function SignedIn({ operator, show }: Props) {
  const [refusal, setRefusal] = useState("");
  const signOut = async () => {
    try {
      await api.signOut();
      show(signIn(operator.email, "You are signed out."));
    } catch (error) {
      setRefusal(asRefusal(error).message);
    }
  };
  return (
    <>
      <Heading title={`Hello, ${operator.name}`} />
      <p class="lead">You are signed in as {operator.email}.</p>
      <Roles grants={operator.grants} />
      <ChangePassword operator={operator} show={show} />
      <nav aria-label="More">
        <a href="/console/operate.md">Operator's guide</a>
        <a href="/openapi.json">API description</a>
      </nav>
      <p class="refusal" role="alert">
        {refusal}
      </p>
      <button type="button" class="secondary" onClick={() => void signOut()}>
        Sign out
      </button>
    </>
  );
}

function Roles({ grants }: Pick<Operator, "grants">) {
  if (grants.length === 0) return <p class="small">You have no role yet. Ask an owner for one.</p>;
  return (
    <ul class="roles" aria-label="Your roles">
      {grants.map(({ tenant_id, role }) => (
        <li key={tenant_id}>
          <span>{tenant_id === "*" ? "The whole installation" : tenant_id}</span>
          <b>{role}</b>
        </li>
      ))}
    </ul>
  );
}

function ChangePassword({ operator, show }: Props) {
  const [state, setState] = useState<"closed" | "open" | "done">("closed");
  const area = useRef<HTMLDivElement>(null);
  const go = (next: typeof state) => {
    setState(next);
    // What had the focus is gone with the click; the first thing of what came takes it.
    requestAnimationFrame(() =>
      area.current?.querySelector<HTMLElement>("input:not([hidden]), button")?.focus(),
    );
  };
  return (
    <div ref={area} class="change">
      {state === "open" ? (
        <PasswordForm
          operator={operator}
          show={show}
          onChanged={() => go("done")}
          onCancel={() => go("closed")}
        />
      ) : (
        <button type="button" class="secondary" onClick={() => go("open")}>
          Change password
        </button>
      )}
      <p class="hint" role="status">
        {state === "done" && "Changed. Other sessions have ended."}
      </p>
    </div>
  );
}

interface PasswordFormProps extends Props {
  readonly onChanged: () => void;
  readonly onCancel: () => void;
}

function PasswordForm({ operator, show, onChanged, onCancel }: PasswordFormProps) {
  return (
    <section aria-label="Change password">
      <Form
        button="Change password"
        check={(values) => ({
          current: passwordProblem(values("current")),
          next: newPasswordProblem(values("next")),
        })}
        send={async (values) => {
          try {
            await api.changePassword(values("current"), values("next"));
            onChanged();
          } catch (error) {
            if (asRefusal(error).status !== UNAUTHORIZED) throw error;
            show(signIn(operator.email, "Your session is over. Please sign in again."));
          }
        }}
      >
        {(problems) => (
          <>
            <input hidden readOnly name="username" autoComplete="username" value={operator.email} />
            <PasswordField
              label="Current password"
              name="current"
              autoComplete="current-password"
              problem={problems.current}
            />
            <PasswordField
              label="New password"
              name="next"
              autoComplete="new-password"
              hint="At least 10 characters."
              problem={problems.next}
            />
          </>
        )}
      </Form>
      <button type="button" class="secondary" onClick={onCancel}>
        Cancel
      </button>
    </section>
  );
}
