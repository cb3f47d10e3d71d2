import type { LinkCheckResponse } from "@orcha/contract";
import { api } from "../state/api.ts";
import { emailProblem, newPasswordProblem } from "../state/fields.ts";
import { signInAfterLink, type View } from "../state/view.ts";
import { Field, Form, PasswordField } from "./form.tsx";
import { Heading } from "./heading.tsx";

const WORDS = {
  "first-run": {
    title: "Welcome to ORCHA",
    lead: "You are the first here. Make the account that owns this installation.",
    button: "Create account",
  },
  invitation: {
    title: "Welcome to ORCHA",
    lead: "You were invited. Choose a password to come in.",
    button: "Create account",
  },
  reset: {
    title: "Choose a new password",
    lead: "You will be signed out everywhere else.",
    button: "Set password",
  },
} as const;

interface Props {
  readonly token: string;
  readonly link: LinkCheckResponse;
  readonly show: (view: View) => void;
}

/** What a one-time link leads to: a password, and for who is new a name. */
export function TakeLink({ token, link, show }: Props) {
  const { title, lead, button } = WORDS[link.purpose];
  const isFirst = link.email === null;
  return (
    <>
      <Heading title={title} />
      <p class="lead">{lead}</p>
      <Form
        button={button}
        check={(values) => ({
          email: isFirst ? emailProblem(values("email")) : "",
          password: newPasswordProblem(values("password")),
        })}
        send={async (values) => {
          const password = values("password");
          const given = { token, password, name: values("name") };
          const { email } = await api.acceptLink(
            isFirst ? { ...given, email: values("email").trim() } : given,
          );
          // It works once; what stands in the address and the history is worth nothing now.
          history.replaceState(null, "", location.pathname);
          show(await signInAfterLink(email, password));
        }}
      >
        {(problems) => (
          <>
            <Field
              label="E-mail address"
              name="email"
              type="email"
              autoComplete="username"
              value={link.email ?? ""}
              readOnly={!isFirst}
              problem={problems.email}
            />
            {link.purpose !== "reset" && (
              <Field
                label="Name"
                name="name"
                autoComplete="name"
                value={link.name}
                hint="How others see you in the log of changes."
              />
            )}
            <PasswordField
              label="Password"
              name="password"
              autoComplete="new-password"
              hint="At least 10 characters."
              problem={problems.password}
            />
          </>
        )}
      </Form>
    </>
  );
}
