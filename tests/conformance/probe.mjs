// Runs the test cases of Http11Probe against a server: node probe.mjs CHECKOUT PORT. Prints one JSON object a case.
//
// Connections behave as those of the suite's own client: an answer is read to the end of its head, then whatever arrives in
// a tenth of a second; a twentieth later the connection's state is looked at.
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { cases } from "./probe-cases.mjs";

const PATIENCE = 5000;
const MOST = 65536;
const AT_ONCE = 8;

class Client {
  constructor(port) {
    this.received = Buffer.alloc(0);
    this.socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    this.socket.setNoDelay();
    this.hasEnded = false;
    const wake = () => this.wake?.();
    this.socket.on("data", (data) => ((this.received = Buffer.concat([this.received, data])), wake()));
    for (const event of ["end", "error", "close"]) this.socket.on(event, () => ((this.hasEnded = true), wake()));
  }

  send(bytes) {
    return new Promise((resolve) => this.socket.write(bytes, resolve));
  }

  async read() {
    const until = Date.now() + PATIENCE;
    while (!this.received.includes("\r\n\r\n")) {
      if (this.hasEnded) return this.take("ClosedByServer");
      const left = until - Date.now();
      if (left <= 0) return this.take("TimedOut");
      await Promise.race([new Promise((resolve) => (this.wake = resolve)), sleep(left, undefined, { ref: false })]);
    }
    await sleep(100);
    const data = this.take().data;
    await sleep(50);
    return { data, state: this.hasEnded && !this.received.length ? "ClosedByServer" : "Open" };
  }

  take(state) {
    const data = this.received.subarray(0, MOST);
    this.received = this.received.subarray(data.length);
    return { data, state };
  }
}

/** A response as the suite's own parser reads it; none if there is no status line. */
function parse(data) {
  const text = data.toString("latin1").replace(/[^\0-\x7f]/g, "?");
  const [, version, status, reason = ""] = /^(\S+) (\d+)(?: ([^\r\n]*))?\r?\n/.exec(text) ?? [];
  if (!status) return null;
  const headers = new Map();
  const end = text.indexOf("\r\n\r\n");
  for (const line of text.slice(text.indexOf("\n") + 1, end < 0 ? undefined : end).split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  return {
    StatusCode: Number(status),
    ReasonPhrase: reason,
    HttpVersion: version,
    Headers: new Headers(headers),
    Body: end >= 0 && end + 4 < text.length ? text.slice(end + 4, end + 4 + 4096) : null,
    RawResponse: text.slice(0, 8192),
  };
}

/** Fields by name in any case, which a case may also list. */
class Headers {
  constructor(fields) {
    this.fields = fields;
  }
  get(name) {
    return this.fields.get(name.toLowerCase());
  }
  ContainsKey(name) {
    return this.fields.has(name.toLowerCase());
  }
  *[Symbol.iterator]() {
    for (const [Key, Value] of this.fields) yield { Key, Value };
  }
}

function evaluate(expected, response, state) {
  if (expected.CustomValidator) return expected.CustomValidator(response, state);
  if (expected.ExpectedConnectionState === state) return "Pass";
  if (!response) return expected.AllowConnectionClose ? "Pass" : "Fail";
  const [from, to] = expected.ExpectedStatus ?? [1, 0];
  return response.StatusCode >= from && response.StatusCode <= to ? "Pass" : "Fail";
}

async function single(one, context) {
  const client = new Client(context.Port);
  await client.send(Buffer.from(one.PayloadFactory(context)));
  const { data, state } = await client.read();
  client.socket.destroy();
  const response = parse(data);
  return { verdict: evaluate(one.Expected, response, state), answer: `${response?.StatusCode ?? "none"} ${state}` };
}

async function sequence(one, context) {
  const client = new Client(context.Port);
  const steps = [];
  let state = "Open";
  for (const step of one.Steps) {
    if (state !== "Open") {
      steps.push({ Label: step.Label, Executed: false, Response: null, ConnectionState: state });
      continue;
    }
    const payload = step.DynamicPayloadFactory ? () => step.DynamicPayloadFactory(context, steps) : step.PayloadFactory;
    for (const part of step.SendPartsFactory?.(context) ?? [{ PayloadFactory: payload }]) {
      await client.send(Buffer.from(part.PayloadFactory(context)));
      if (part.DelayAfter) await sleep(part.DelayAfter);
    }
    const read = await client.read();
    state = read.state;
    steps.push({ Label: step.Label, Executed: true, Response: parse(read.data), ConnectionState: state });
  }
  client.socket.destroy();
  const answers = steps.map(({ Executed, Response }) => (Executed ? (Response?.StatusCode ?? "none") : "not sent"));
  return { verdict: one.Validator(steps), answer: [...answers, state].join(" ") };
}

const [, , checkout, port] = process.argv;
const all = cases(checkout);
const context = { Host: "127.0.0.1", Port: Number(port), HostHeader: `127.0.0.1:${port}` };
const results = new Array(all.length);
let next = 0;
const work = async () => {
  while (next < all.length) {
    const index = next++;
    const one = all[index];
    const { verdict, answer } = await (one.Steps ? sequence(one, context) : single(one, context));
    results[index] = { id: one.Id, level: one.RfcLevel ?? "Must", isScored: one.Scored ?? true, verdict, answer, about: one.Description, rfc: one.RfcReference };
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, work));
for (const result of results) console.log(JSON.stringify(result));
