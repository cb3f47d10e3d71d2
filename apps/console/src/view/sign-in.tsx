import { api } from "../state/api.ts";
import { emailProblem, passwordProblem } from "../state/fields.ts";
import type { View } from "../state/view.ts";
import { Field, Form, PasswordField } from "./form.tsx";
import { Heading } from "./heading.tsx";

interface Props {
  readonly email: string;
  readonly notice: string;
  readonly show: (view: View) => void;
}

export function SignIn({ email, notice, show }: Props) {
  return (
    <>
      <Heading title="Sign in" />
      <p class="lead" role="status">
        {notice}
      </p>
      <Form
        button="Sign in"
        check={(values) => ({
          email: emailProblem(values("email")),
          password: passwordProblem(values("password")),
        })}
        send={async (values) => {
          const { operator } = await api.signIn(values("email"), values("password"));
          if (operator) show({ name: "signed-in", operator });
        }}
      >
        {(problems) => (
          <>
            <Field
              label="E-mail address"
              name="email"
              type="email"
              autoComplete="username"
              value={email}
              problem={problems.email}
            />
            <PasswordField
              label="Password"
              name="password"
              autoComplete="current-password"
              problem={problems.password}
            />
          </>
        )}
      </Form>
      <p class="small">
        Forgotten? Ask an owner for a link, or run <code>orcha operator reset</code> on the server.
      </p>
    </>
  );
}
