// Writes the results of the raw requests into CONFORMANCE.md, between its two marks: node page.mjs RESULTS PAGE.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const BEGIN = "<!-- raw requests: begin -->";
const END = "<!-- raw requests: end -->";

const [, , results, page] = process.argv;
const read = (name) => readFileSync(join(results, `${name}.jsonl`), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const peers = { webserver: read("webserver"), nginx: read("nginx") };

const score = (rows, level) => {
  const own = rows.filter((row) => row.level === level);
  return `${own.filter((row) => row.isAllowed).length} of ${own.length}`;
};
const levels = ["MUST", "SHOULD", "MAY"];
const failed = (rows) => rows.filter((row) => !row.isAllowed);
const list = (name) => failed(peers[name]).map((row) => `- ${row.level}, RFC ${row.rfc}: ${row.name}: ${row.answer}`);

const git = (...words) => execFileSync("git", words, { encoding: "utf8" }).trim();
const version = execFileSync("sh", ["-c", "nginx -v 2>&1"], { encoding: "utf8" }).trim().replace(/^.*\//, "");
const text = [
  BEGIN,
  `\`tests/conformance/run\`, ${new Date().toISOString().slice(0, 10)}, after commit ${git("rev-parse", "--short", "HEAD")}, nginx ${version} as Debian builds it.`,
  `${peers.webserver.length} requests; passed, of those that the RFCs decide:`,
  "",
  "| | webserver | nginx |",
  "| --- | --- | --- |",
  ...levels.map((level) => `| ${level} | ${score(peers.webserver, level)} | ${score(peers.nginx, level)} |`),
  "",
  "webserver fails:",
  "",
  ...(list("webserver").length ? list("webserver") : ["- none"]),
  "",
  "nginx fails:",
  "",
  ...list("nginx"),
  END,
].join("\n");

const before = readFileSync(page, "utf8");
const [start, end] = [before.indexOf(BEGIN), before.indexOf(END)];
if (start < 0 || end < start) throw new Error(`${page} lacks its marks ${BEGIN} and ${END}`);
writeFileSync(page, before.slice(0, start) + text + before.slice(end + END.length));
