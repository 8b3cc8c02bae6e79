// Writes results into CONFORMANCE.md, between the marks of a section: node page.mjs raw|public RESULTS PAGE.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PEERS = ["webserver", "nginx"];
const [, , section, results, page] = process.argv;
const lines = (name) => readFileSync(join(results, `${name}.jsonl`), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
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

/** The suites of `public` whose cases pass or fail: title, the name of their results, and the part of these if there are several. */
const SUITES = [
  ["h1spec f0a5650", "h1spec"],
  ["Apache `http_strict.t`, strict column, httpd-tests c80f65f3", "http_strict"],
  ...["range.t", "range_if_range.t", "not_modified.t"].map((part) => [`nginx-tests 76bb761, \`${part}\``, "nginx_tests", part]),
  ["Go's tests of ranges, golang/go 061efaa", "go_ranges"],
  ["CISPA http-conformance 24f75be, rules with an observed answer", "cispa"],
  ["smuggler 2be871e, GET, mutations without a finding", "smuggler", "GET"],
  ["smuggler 2be871e, POST, mutations without a finding", "smuggler", "POST"],
  ["h2spec af83a65, HTTP/2 over TLS", "h2spec"],
];

function published() {
  const read = (suite) => Object.fromEntries(PEERS.map((name) => [name, lines(`${suite}.${name}`)]));
  const row = (title, value) => `| ${[title, ...PEERS.map(value)].join(" | ")} |`;
  const words = (text) => JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("\\\\", "\\");
  const suites = SUITES.map(([title, file, part]) => {
    const own = (name) => lines(`${file}.${name}`).filter((one) => !part || one.part === part);
    const passed = row(`${title}, passed`, (name) => `${count(own(name), (one) => one.isPassed)} of ${own(name).length}`);
    const fails = own("webserver").filter((one) => !one.isPassed);
    return { passed, fails: fails.map((one) => `- ${part ?? file}: ${[one.name, one.answer].filter(Boolean).map(words).join(": ")}`) };
  });

  const probe = read("probe");
  const scored = (name, level) => probe[name].filter((one) => one.isScored && (!level || one.level === level));
  const verdicts = (rows) => ["Pass", "Warn", "Fail"].map((verdict) => count(rows, (one) => one.verdict === verdict)).join(" / ");
  const isFailed = ({ verdict }) => verdict === "Fail" || verdict === "Error";
  const fails = (name, isOf) => ["Must", "Should", "May"].map((level) => count(scored(name, level), (one) => isFailed(one) && isOf(one))).join(" / ");
  const isRefusal = ({ answer }) => /^405/.test(answer);
  const probeRows = (isOf) => probe.webserver.flatMap((own, index) => {
    const peer = probe.nginx[index];
    return isOf(own) ? [`| ${own.id} | ${own.isScored ? own.level : `${own.level}, not scored`} | ${own.answer} | ${peer.answer}, ${peer.verdict.toLowerCase()} |`] : [];
  });

  const notes = (suite) => {
    const read = (name, level) => lines(`${suite}.${name}`).filter((one) => one.level === level);
    return {
      count: (name) => ["BAD", "WARN"].map((level) => read(name, level).length).join(" / "),
      list: ["BAD", "WARN"].flatMap((level) => read("webserver", level)).map((one) => `- ${suite}: \`${one.part}\`: ${one.level.toLowerCase()}: ${one.answer}`),
    };
  };
  const [redbot, httplint] = ["redbot", "httplint"].map(notes);
  return [
    `\`tests/conformance/public\`, ${when}`,
    "",
    "| suite | webserver | nginx |",
    "| --- | --- | --- |",
    ...suites.map((suite) => suite.passed),
    row("Http11Probe 95bc6a9, scored cases: pass / warn / fail", (name) => verdicts(scored(name))),
    ...["Must", "Should", "May"].map((level) => row(`of these ${level.toUpperCase()}`, (name) => verdicts(scored(name, level)))),
    row("failed with 405 to a POST, as files take none: MUST / SHOULD / MAY", (name) => fails(name, isRefusal)),
    row("failed otherwise: MUST / SHOULD / MAY", (name) => fails(name, (one) => !isRefusal(one))),
    row("REDbot 2.7.1, nine addresses: bad / warnings", redbot.count),
    row("httplint 2026.10.4, the answers to `answers.txt`: bad / warnings", httplint.count),
    "",
    "webserver fails:",
    "",
    ...suites.flatMap((suite) => suite.fails),
    ...redbot.list,
    ...httplint.list,
    "",
    "in Http11Probe:",
    "",
    "| case | level | webserver | nginx |",
    "| --- | --- | --- | --- |",
    ...probeRows(isFailed),
    "",
    "and gets a warning:",
    "",
    "| case | level | webserver | nginx |",
    "| --- | --- | --- | --- |",
    ...probeRows(({ verdict }) => verdict === "Warn"),
  ];
}

const name = { raw: "raw requests", public: "public suites" }[section];
const [begin, end] = ["begin", "end"].map((word) => `<!-- ${name}: ${word} -->`);
const text = [begin, ...(section === "raw" ? raw() : published()), end].join("\n");
const before = readFileSync(page, "utf8");
const [start, stop] = [before.indexOf(begin), before.indexOf(end)];
if (start < 0 || stop < start) throw new Error(`${page} lacks its marks ${begin} and ${end}`);
writeFileSync(page, before.slice(0, start) + text + before.slice(stop + end.length));
