const MIN_PASSWORD = 10;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** What is wrong with an address; empty when nothing is. */
export function emailProblem(email: string): string {
  if (email.trim() === "") return "Please enter your e-mail address.";
  return EMAIL.test(email.trim()) ? "" : "This is not an e-mail address.";
}

/** What is wrong with a password that is chosen; empty when nothing is. */
export function newPasswordProblem(password: string): string {
  if (password === "") return "Please choose a password.";
  const missing = MIN_PASSWORD - [...password].length;
  if (missing <= 0) return "";
  return missing === 1 ? "One more character, please." : `${missing} more characters, please.`;
}

export function passwordProblem(password: string): string {
  return password === "" ? "Please enter your password." : "";
}
