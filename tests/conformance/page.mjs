// Writes results into CONFORMANCE.md, between the marks of a section: node page.mjs raw|public RESULTS PAGE.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PEERS = ["webserver", "nginx"];
const [, , section, results, page] = process.argv;
const lines = (name) => readFileSync(join(results, `${name}.jsonl`), "utf8").trim().split("\n").map((line) => JSON.parse(line));
const git = (...words) => execFileSync("git", words, { encoding: "utf8" }).trim();
const version = execFileSync("sh", ["-c", "nginx -v 2>&1"], { encoding: "utf8" }).trim().replace(/^.*\//, "");
const when = `${new Date().toISOString().slice(0, 10)}, after commit ${git("rev-parse", "--short", "HEAD")}, nginx ${version} as Debian builds it.`;
const count = (rows, test) => rows.filter(test).length;

/** The rows of requests.mjs. */
function raw() {
  const peers = Object.fromEntries(PEERS.map((name) => [name, lines(name)]));
  const score = (rows, level) => {
    const own = rows.filter((row) => row.level === level);
    return `${count(own, (row) => row.isAllowed)} of ${own.length}`;
  };
  const list = (name) => peers[name].filter((row) => !row.isAllowed).map((row) => `- ${row.level}, RFC ${row.rfc}: ${row.name}: ${row.answer}`);
  return [
    `\`tests/conformance/run\`, ${when}`,
    `${peers.webserver.length} requests; passed, of those that the RFCs decide:`,
    "",
    "| | webserver | nginx |",
    "| --- | --- | --- |",
    ...["MUST", "SHOULD", "MAY"].map((level) => `| ${level} | ${score(peers.webserver, level)} | ${score(peers.nginx, level)} |`),
    "",
    "webserver fails:",
    "",
    ...(list("webserver").length ? list("webserver") : ["- none"]),
    "",
    "nginx fails:",
    "",
    ...list("nginx"),
  ];
}

/** The suites of `public`. */
function published() {
  const read = (suite) => Object.fromEntries(PEERS.map((name) => [name, lines(`${suite}.${name}`)]));
  const [h1spec, strict, probe] = ["h1spec", "http_strict", "Http11Probe"].map(read);
  const passed = (suite, name) => `${count(suite[name], (row) => row.isPassed)} of ${suite[name].length}`;
  const row = (title, value) => `| ${[title, ...PEERS.map(value)].join(" | ")} |`;
  const scored = (name, level) => probe[name].filter((one) => one.isScored && (!level || one.level === level));
  const verdicts = (rows) => ["Pass", "Warn", "Fail"].map((verdict) => count(rows, (one) => one.verdict === verdict)).join(" / ");
  const fails = (suite, name) => suite[name].filter((one) => !one.isPassed).map((one) => `- ${JSON.stringify(one.name).slice(1, -1)}: ${one.answer}`);
  const probeFails = probe.webserver.flatMap((own, index) => {
    if (own.verdict !== "Fail" && own.verdict !== "Error") return [];
    const peer = probe.nginx[index];
    return [`| ${own.id} | ${own.isScored ? own.level : `${own.level}, not scored`} | ${own.answer} | ${peer.answer}, ${peer.verdict.toLowerCase()} |`];
  });
  const isOurs = (one) => one.verdict === "Fail" && !/^405/.test(one.answer);
  return [
    `\`tests/conformance/public\`, ${when}`,
    "",
    "| suite | webserver | nginx |",
    "| --- | --- | --- |",
    row("h1spec f0a5650, passed", (name) => passed(h1spec, name)),
    row("Apache `http_strict.t`, strict column, httpd-tests c80f65f3, passed", (name) => passed(strict, name)),
    row("Http11Probe 95bc6a9, scored cases: pass / warn / fail", (name) => verdicts(scored(name))),
    ...["Must", "Should", "May"].map((level) => row(`of these ${level.toUpperCase()}`, (name) => verdicts(scored(name, level)))),
    row("scored cases failed with another answer than 405", (name) => count(scored(name), isOurs)),
    "",
    "webserver fails in h1spec:",
    "",
    ...fails(h1spec, "webserver"),
    "",
    "in http_strict:",
    "",
    ...fails(strict, "webserver").map((line) => line.replaceAll("\\\\", "\\")),
    "",
    "in Http11Probe:",
    "",
    "| case | level | webserver | nginx |",
    "| --- | --- | --- | --- |",
    ...probeFails,
  ];
}

const name = { raw: "raw requests", public: "public suites" }[section];
const [begin, end] = ["begin", "end"].map((word) => `<!-- ${name}: ${word} -->`);
const text = [begin, ...(section === "raw" ? raw() : published()), end].join("\n");
const before = readFileSync(page, "utf8");
const [start, stop] = [before.indexOf(begin), before.indexOf(end)];
if (start < 0 || stop < start) throw new Error(`${page} lacks its marks ${begin} and ${end}`);
writeFileSync(page, before.slice(0, start) + text + before.slice(stop + end.length));
