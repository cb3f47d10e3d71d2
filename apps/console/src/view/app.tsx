import { useEffect, useState } from "preact/hooks";
import { firstView, signIn, type View } from "../state/view.ts";
import { Heading } from "./heading.tsx";
import { SignIn } from "./sign-in.tsx";
import { SignedIn } from "./signed-in.tsx";
import { TakeLink } from "./take-link.tsx";

/** The page: one panel with whatever is to be done now. */
export function App() {
  const [view, show] = useState<View>({ name: "loading" });
  useEffect(() => {
    const open = () => void firstView(location.hash).then(show);
    open();
    // A link that is pasted into the open page.
    window.addEventListener("hashchange", open);
    return () => window.removeEventListener("hashchange", open);
  }, []);
  return (
    <main>
      <p class="brand">
        <span aria-hidden="true">O</span>ORCHA console
      </p>
      <Content view={view} show={show} />
    </main>
  );
}

function Content({ view, show }: { readonly view: View; readonly show: (view: View) => void }) {
  switch (view.name) {
    case "loading":
      return <p class="lead">One moment…</p>;
    case "unreachable":
      return (
        <Notice title="The server did not answer" reason={view.reason}>
          <button type="button" class="primary" onClick={() => location.reload()}>
            Try again
          </button>
        </Notice>
      );
    case "link-gone":
      return (
        <Notice title="This link does not work" reason={view.reason}>
          <button type="button" class="secondary" onClick={() => leaveLink(show)}>
            Go to sign-in
          </button>
        </Notice>
      );
    case "link":
      return <TakeLink token={view.token} link={view.link} show={show} />;
    case "sign-in":
      return <SignIn email={view.email} notice={view.notice} show={show} />;
    case "signed-in":
      return <SignedIn operator={view.operator} show={show} />;
  }
}

function leaveLink(show: (view: View) => void): void {
  history.replaceState(null, "", location.pathname);
  show({ name: "loading" });
  void firstView("").then(show, () => show(signIn()));
}

interface NoticeProps {
  readonly title: string;
  readonly reason: string;
  readonly children: preact.ComponentChildren;
}

function Notice({ title, reason, children }: NoticeProps) {
  return (
    <>
      <Heading title={title} />
      <p class="lead">{reason}</p>
      {children}
    </>
  );
}
