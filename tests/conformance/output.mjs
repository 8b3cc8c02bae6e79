// Reads what a suite prints and prints one JSON object a case: node output.mjs FORMAT [PART] <OUTPUT.
// PART is a part of the suite, such as a file, and stands with each case.
import { readFileSync } from "node:fs";

/** Each gives a name, the verdict, and the answer that led to it, for a line that is a case. */
const formats = {
  h1spec(line) {
    const [, mark, name, text] = /^(✅|❌) ([^:]+): (.*)$/.exec(line) ?? [];
    return mark && { name, isPassed: mark === "✅", answer: /Status Code (\d+)/.exec(text)?.[1] ?? "wait" };
  },
  /** Perl's tests. Two checks of nginx's own log are none of a server. */
  tap(line) {
    const [, not, name] = /^(not )?ok \d+ - (.*)$/.exec(line) ?? [];
    return name && !/# (skip|TODO)|^no (alerts|sanitizer errors)/.test(name) && { name, isPassed: !not, answer: "" };
  },
  smuggler(line) {
    const [, name, text] = /^\[([^\]+]+)\]\s*: (.*)$/.exec(line) ?? [];
    return name && !/\.\.\.$/.test(text) && { name, isPassed: /^(OK|DISCONNECTED)/.test(text), answer: text };
  },
  h2spec(line) {
    const [, mark, name] = /^\s*([✔×]) (.*)$/.exec(line) ?? [];
    return mark && { name: name.replace(/^\d+: /, ""), isPassed: mark === "✔", answer: "" };
  },
  httplint(line) {
    const [, level, text] = /^\* \[(BAD|WARN)\] (.*)$/.exec(line) ?? [];
    return level && { level, answer: text };
  },
};

/** What REDbot has to say of an address is one object. */
const redbot = (text) => JSON.parse(text).log.entries.flatMap((entry) => entry._red_messages ?? [])
  .map(({ level, summary }) => ({ level, answer: summary }));

const [, , format, part] = process.argv;
const text = readFileSync(0, "utf8").split("\nFailures:")[0];
const cases = format === "redbot" ? redbot(text) : text.split(/[\r\n]+/).map(formats[format]).filter(Boolean);
for (const one of cases) console.log(JSON.stringify({ part, ...one }));
