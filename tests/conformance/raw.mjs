// Sends the raw requests to a server: node raw.mjs PORT [--check].
//
// Prints one JSON object a row: the row's names, the answer, and whether the RFCs allow it. With --check it prints the rows
// in which the answer is not the one that webserver is known to give, and fails if there is any.
import net from "node:net";
import { fileURLToPath } from "node:url";
import { requests } from "./requests.mjs";

/** The wait for bytes after which a server counts as waiting, in milliseconds. */
const PATIENCE = 3000;
const AT_ONCE = 32;
const PROBE = "GET /probe.txt HTTP/1.1\r\nHost: probe\r\n\r\n";
const PROBED = "the probe's answer";

/** Splits what was received into responses. The last one may be incomplete. */
function responses(received, methods) {
  const found = [];
  let rest = received;
  while (rest.length) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) return { found, rest };
    const head = rest.slice(0, end + 2);
    const status = Number(head.slice(9, 12));
    const isInterim = status < 200;
    const method = methods[found.filter((one) => one.status >= 200).length] ?? "GET";
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    const hasNone = method === "HEAD" || isInterim || status === 204 || status === 304;
    const isChunked = /^transfer-encoding: *chunked/im.test(head);
    let size = hasNone ? 0 : length;
    if (isChunked && !hasNone) {
      const last = rest.indexOf("0\r\n\r\n", end + 4);
      if (last < 0) return { found, rest };
      size = last + 5 - end - 4;
    }
    if (rest.length < end + 4 + size) return { found, rest };
    found.push({ status, head, content: rest.slice(end + 4, end + 4 + size) });
    rest = rest.slice(end + 4 + size);
  }
  return { found, rest };
}

/** The answer to a row: statuses, then the state of the connection. */
export function answer(port, row) {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let received = "";
    let hasProbed = false;
    let timer;
    const finish = (state) => {
      clearTimeout(timer);
      socket.destroy();
      const { found, rest } = responses(received, row.methods);
      const own = found.filter((one) => one.content !== PROBED);
      const statuses = own.map((one) => one.status);
      if (rest.startsWith("HTTP/")) statuses.push(Number(rest.slice(9, 12)));
      resolve({ text: [...statuses, state].join(" "), head: own.find((one) => one.status >= 200)?.head ?? "" });
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => finish("wait"), PATIENCE);
    };
    socket.setEncoding("latin1");
    socket.on("connect", () => (row.end ? socket.end(row.bytes) : socket.write(row.bytes)));
    socket.on("data", (text) => {
      received += text;
      wait();
      const { found } = responses(received, row.methods);
      if (found.at(-1)?.content === PROBED) finish("open");
      if (!hasProbed && !row.end && found.filter((one) => one.status >= 200).length >= row.methods.length) {
        hasProbed = true;
        socket.write(PROBE);
      }
    });
    socket.on("end", () => finish("close"));
    socket.on("error", () => finish("close"));
    wait();
  });
}

/** True if an answer is one of those allowed; `2xx` stands for a class. */
function isAllowed(text, answers) {
  return answers.some((allowed) => new RegExp(`^${allowed.replace(/(\d)xx/g, "$1\\d\\d")}$`).test(text));
}

/** Sends every row; a few at a time. */
export async function run(port) {
  const results = new Array(requests.length);
  let next = 0;
  const work = async () => {
    while (next < requests.length) {
      const index = next++;
      const row = requests[index];
      const { text, head } = await answer(port, row);
      const hasAll = !row.has || row.has.test(head);
      results[index] = {
        group: row.group,
        rfc: row.rfc,
        level: row.level,
        name: row.name,
        answer: text,
        isAllowed: isAllowed(text, row.answers) && hasAll,
        isExpected: text === (row.ours ?? row.answers[0]) && hasAll,
        why: row.why,
      };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = await run(Number(process.argv[2]));
  const isCheck = process.argv.includes("--check");
  const shown = isCheck ? results.filter((result) => !result.isExpected) : results;
  for (const result of shown) console.log(JSON.stringify(result));
  if (isCheck && shown.length) process.exitCode = 1;
}
