// Sends the requests for ranges in Go's src/net/http/fs_test.go to a server, and checks what its tests check: node go.mjs FS_TEST PORT.
// Prints one JSON object a case. The server has the test's file of 11 bytes and an empty one.
import { readFileSync } from "node:fs";
import http from "node:http";

const FILE = "0123456789\n";
const STATUS = { StatusOK: 200, StatusPartialContent: 206, StatusRequestedRangeNotSatisfiable: 416 };
const [, , path, port] = process.argv;
const source = readFileSync(path, "utf8");

function get(target, range) {
  return new Promise((resolve, reject) => {
    const headers = range ? { Range: range } : {};
    http.get({ host: "127.0.0.1", port, path: target, headers }, (response) => {
      let body = "";
      response.setEncoding("latin1").on("data", (text) => (body += text)).on("end", () => resolve({ status: response.statusCode, fields: response.headers, body }));
    }).on("error", reject);
  });
}

/** The parts of a multipart answer: `Content-Range`, then content. */
function parts({ fields, body }) {
  const boundary = /^multipart\/byteranges; boundary="?([^"]+)/.exec(fields["content-type"])?.[1];
  return body.split(`\r\n--${boundary}`).map((part) => [/^content-range: (.*)\r$/im.exec(part)?.[1], part.slice(part.indexOf("\r\n\r\n") + 4)]).filter(([range]) => range);
}

/** The cases of `ServeFileRangeTests`. */
function* table() {
  const [, rows] = /^var ServeFileRangeTests = [\s\S]*?^\}\{\n([\s\S]*?)^\}/m.exec(source);
  for (const [, range, code, list = ""] of rows.matchAll(/\{r: "(.*?)", code: (\w+)(?:, ranges: \[\]wantRange\{(.*)\})?\},/g)) {
    const number = (words) => words.replaceAll("testFileLen", FILE.length).split(" - ").reduce((sum, one) => sum - one);
    const ranges = [...list.matchAll(/\{([^,{}]*), ([^{}]*)\}/g)].map(([, start, end]) => [number(start), number(end)]);
    yield { range, status: STATUS[code], ranges };
  }
}

const print = (name, isPassed, { status, fields }) =>
  console.log(JSON.stringify({ name, isPassed, answer: [status, fields["content-range"]].filter(Boolean).join(" ") }));

for (const { range, status, ranges } of table()) {
  const answer = await get("/eleven.txt", range);
  const wanted = ranges.map(([start, end]) => [`bytes ${start}-${end - 1}/${FILE.length}`, FILE.slice(start, end)]);
  const found = ranges.length > 1 ? parts(answer) : [[answer.fields["content-range"], answer.body]];
  const isSame = JSON.stringify(found) === JSON.stringify(wanted.length ? wanted : [[undefined, answer.body]]);
  print(range || "no range", answer.status === status && (status === 416 || isSame), answer);
}
const [, list] = /^func TestServeContentWithEmptyContentIgnoreRanges[\s\S]*?\{\n([\s\S]*?)\} \{/m.exec(source);
for (const [, range] of list.matchAll(/"(.*?)"/g)) {
  const answer = await get("/empty.txt", range);
  print(`${range} of an empty file`, answer.status === 200 && answer.body === "", answer);
}
