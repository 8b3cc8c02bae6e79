// Reads what h1spec prints and prints one JSON object a case: node h1spec.mjs <OUTPUT.
import { readFileSync } from "node:fs";

for (const line of readFileSync(0, "utf8").split("\n")) {
  const [, mark, name, text] = /^(✅|❌) ([^:]+): (.*)$/.exec(line) ?? [];
  if (!mark) continue;
  const status = /Status Code (\d+)/.exec(text)?.[1];
  console.log(JSON.stringify({ name, isPassed: mark === "✅", answer: status ?? "wait" }));
}
