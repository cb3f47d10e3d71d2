import { AuraChat } from "@orcha/react";
import type { AuraInstance } from "@orcha/widget";
import { StrictMode, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

function Shop() {
  const chat = useRef<AuraInstance>(null);
  const [title, setTitle] = useState("Orders");
  const [asked, setAsked] = useState(0);
  const [isOn, setOn] = useState(true);

  return (
    <>
      <h1>Shop</h1>
      <p>
        Questions asked: <output>{asked}</output>
      </p>
      <button type="button" onClick={() => chat.current?.open()}>
        Ask us
      </button>
      <button type="button" onClick={() => setTitle("Returns")}>
        About returns
      </button>
      <button type="button" onClick={() => setOn(!isOn)}>
        Chat on or off
      </button>
      {isOn && (
        <AuraChat
          ref={chat}
          apiBaseUrl="https://chat.example.com"
          header={{ title }}
          onMessageSent={() => setAsked(asked + 1)}
        />
      )}
    </>
  );
}

const app = document.getElementById("app");
if (app) {
  createRoot(app).render(
    <StrictMode>
      <Shop />
    </StrictMode>,
  );
}
