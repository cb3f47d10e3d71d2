import { expect, it } from "vitest";
import { loadAnalyser } from "./analyser.ts";
import { detectLanguage } from "./detect-language.ts";
import { wordsOf } from "./words.ts";

it("gives the forms of a word one term, whatever their case and accents", async () => {
  const english = await loadAnalyser("en");
  expect(english.termsOf("Installing the Cafés' installed café")).toEqual([
    "instal",
    "cafe",
    "instal",
    "cafe",
  ]);
  const spanish = await loadAnalyser("es");
  expect(spanish.termOf("instalaciones")).toBe(spanish.termOf("Instalación"));
});

it("leaves stop words out, and what apostrophes leave of them", async () => {
  const english = await loadAnalyser("en");
  expect(english.termsOf("How don't you've what's the")).toEqual([]);
  const french = await loadAnalyser("fr");
  expect(french.termsOf("l'eau qu’il")).toEqual(["eau"]);
});

it("finds identifiers by their parts too", async () => {
  const english = await loadAnalyser("en");
  expect(english.termsOf("keepAliveTimeout")).toEqual([
    english.termOf("keepAliveTimeout"),
    ...english.termsOf("keep alive timeout"),
  ]);
});

it("finds the words of scripts that are written without spaces", () => {
  expect([...wordsOf("東京都に住んでいます")].length).toBeGreaterThan(2);
  expect([...wordsOf("ภาษาไทยง่าย")].length).toBeGreaterThan(1);
  expect([...wordsOf(`a ${"x".repeat(65)} b`)]).toEqual(["a", "b"]);
});

it("tells a language by its stop words, and takes English when it cannot", async () => {
  expect(await detectLanguage("How do I put the widget on my page?")).toBe("en");
  expect(await detectLanguage("Wie kann ich das Widget auf meiner Seite einbauen?")).toBe("de");
  expect(
    await detectLanguage("Comment est-ce que je peux installer le logiciel sur ma page ?"),
  ).toBe("fr");
  expect(await detectLanguage("Как я могу установить это на моей странице?")).toBe("ru");
  expect(await detectLanguage("npm install orcha")).toBe("en");
});
