import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { completeLockfile } from "./lockfile.mjs";
import { ROOT } from "./stamp.mjs";

const file = join(ROOT, "package-lock.json");
const completed = completeLockfile(JSON.parse(readFileSync(file, "utf8")));
writeFileSync(file, `${JSON.stringify(completed, undefined, 2)}\n`);
