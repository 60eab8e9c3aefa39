// Writes generated/: what the Go tests hold this package to, made by Twilio's
// own npm packages. Called by make test.
import { mkdirSync, writeFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { grammar } from "./grammar.mjs";
import { vectors } from "./vectors.mjs";
import { rendering } from "./rendering.mjs";

const out = join(dirname(fileURLToPath(import.meta.url)), "generated");
mkdirSync(out, { recursive: true });

function write(name, value) {
  const path = join(out, name);
  writeFileSync(path + ".new", JSON.stringify(value, null, 1) + "\n");
  renameSync(path + ".new", path); // a test running meanwhile never reads half a file
}

write("grammar.json", grammar());
write("vectors.json", vectors());
write("rendering.json", rendering());
