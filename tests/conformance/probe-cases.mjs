// Reads the test cases of Http11Probe, which are written in C#, without .NET: translates the few forms of the language that
// they use into JavaScript. What it does not know makes the translation fail, not pass.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";

const SUITES = [
  ["ComplianceSuite", "GetTestCases"],
  ["SmugglingSuite", "GetTestCases"],
  ["SmugglingSuite", "GetSequenceTestCases"],
  ["MalformedInputSuite", "GetTestCases"],
  ["NormalizationSuite", "GetTestCases"],
  ["CapabilitiesSuite", "GetSequenceTestCases"],
  ["CookieSuite", "GetTestCases"],
];

const ESCAPES = { n: "\n", r: "\r", t: "\t", v: "\v", f: "\f", a: "\x07", b: "\b", 0: "\0", "\\": "\\", '"': '"', "'": "'" };

/** The end and value of the escape after a backslash at this place. */
function escape(source, at) {
  const hex = { x: /^[0-9a-fA-F]{1,4}/, u: /^[0-9a-fA-F]{4}/ }[source[at]];
  if (!hex) {
    if (!(source[at] in ESCAPES)) throw new Error(`an unknown escape: \\${source[at]}`);
    return [at + 1, ESCAPES[source[at]]];
  }
  const [digits] = hex.exec(source.slice(at + 1));
  return [at + 1 + digits.length, String.fromCharCode(parseInt(digits, 16))];
}

/** Replaces literals by names, so that nothing within them is taken for code; removes comments. */
function withoutLiterals(source, literals) {
  const keep = (literal) => `__${literals.push(literal) - 1}__`;
  let code = "";
  let at = 0;
  while (at < source.length) {
    if (source.startsWith("//", at)) {
      at = source.indexOf("\n", at);
    } else if (source[at] === '"' || source[at] === "'") {
      const quote = source[at++];
      let value = "";
      while (source[at] !== quote) {
        if (source[at] === "\\") {
          const [end, text] = escape(source, at + 1);
          [at, value] = [end, value + text];
        } else value += source[at++];
      }
      at++;
      code += keep(JSON.stringify(value));
    } else if (source.startsWith('$"', at)) {
      const parts = [];
      let value = "";
      at += 2;
      while (source[at] !== '"') {
        if (source[at] === "\\") {
          const [end, text] = escape(source, at + 1);
          [at, value] = [end, value + text];
        } else if (source.startsWith("{{", at) || source.startsWith("}}", at)) {
          value += source[at];
          at += 2;
        } else if (source[at] === "{") {
          let depth = 1;
          const start = ++at;
          for (; depth; at++) depth += { "{": 1, "}": -1 }[source[at]] ?? 0;
          parts.push(JSON.stringify(value), `(${withoutLiterals(source.slice(start, at - 1), literals)})`);
          value = "";
        } else value += source[at++];
      }
      at++;
      code += `(${[...parts, JSON.stringify(value)].map((part) => (part[0] === '"' ? keep(part) : part)).join(" + ")})`;
    } else code += source[at++];
  }
  return code;
}

/** `X is PATTERN`: constants, comparisons, `not`, `and`, `or`. */
function withoutPatterns(code) {
  const atom = String.raw`(?:[<>]=? *)?(?:-?[\w.]+)`;
  const pattern = String.raw`(?:not )?(?:\((?:${atom}|and|or|\s)+\)|${atom})`;
  const whole = new RegExp(String.raw`([\w.?]+(?:\[\d+\])?[\w.?]*) is (${pattern}(?:\s+(?:and|or)\s+${pattern})*)`, "g");
  return code.replace(whole, (_, value, test) => {
    const words = test.match(/[()]|[<>]=?|[\w.-]+/g);
    let operator = "==";
    const translated = words.map((word) => {
      if ("()".includes(word)) return word;
      if (/^[<>]/.test(word)) {
        operator = word;
        return "";
      }
      const known = { not: "!", and: "&&", or: "||" }[word];
      if (known) return known;
      const comparison = `(${value} ${operator} ${word})`;
      operator = "==";
      return comparison;
    });
    return `(${translated.join(" ")})`;
  });
}

/** Object initializers become object literals. */
function withoutInitializers(code) {
  const isInitializer = [];
  return code
    .split(/(new \w+\s*\{|\{|\}|,|(?<![=!<>])=(?![=>]))/)
    .map((part, index, parts) => {
      if (/^new \w+\s*\{$/.test(part)) {
        isInitializer.push(true);
        return "{";
      }
      if (part === "{") isInitializer.push(false);
      if (part === "}") isInitializer.pop();
      const isName = /^\s*\w+\s*$/.test(parts[index - 1] ?? "") && /^(,|\{|new \w+\s*\{)$/.test(parts[index - 2] ?? "");
      return part === "=" && isInitializer.at(-1) && isName ? ":" : part;
    })
    .join("");
}

function translate(source) {
  const literals = [];
  let code = withoutLiterals(source, literals)
    .replace(/^(using|namespace) .*$/gm, "")
    .replace(/public static class \w+\s*\{([\s\S]*)\}\s*$/, "$1")
    .replace(/(?:private )?const string/g, "const")
    .replace(/(?:private|public) static ([\s\S]*?)\b(\w+)\(([^)]*)\)(\s*=>\s*([^;]*);)?/g, (_, type, name, parameters, isShort, value) => {
      const names = parameters.split(",").filter(Boolean).map((one) => (/\bparams\b/.test(one) ? "..." : "") + one.trim().split(/\s+/).pop());
      const star = type.startsWith("IEnumerable") ? "*" : "";
      return `function${star} ${name}(${names.join(", ")})${isShort ? ` { return ${value}; }` : ""}`;
    })
    .replace(/yield return/g, "yield")
    .replace(/new string\(/g, "repeat(")
    .replace(/new byte\[([^\]]*)\]/g, "Buffer.alloc($1)")
    .replace(/new (List|Dictionary)<[^()]*>+\(\)/g, "new $1()")
    .replace(/foreach \(var \(([^)]*)\) in /g, "for (let [$1] of ")
    .replace(/foreach \(var (\w+) in /g, "for (let $1 of ")
    .replace(/\bvar \(([^)]*)\) =/g, "let [$1] =")
    .replace(/(\S+)\.TryGetValue\((\w+), out var (\w+)\)/g, (_, map, key, name) => {
      const isNegated = map.startsWith("!") || map.startsWith("(!");
      const owner = map.replace(/^\(*!?\(*/, "");
      return `${map.slice(0, map.length - owner.length).replace("!", "")}${isNegated ? "!" : ""}hasFound(${name} = ${owner}.get(${key}))`;
    })
    .replace(/int\.TryParse\((\w+), [^;]*out var (\w+)\)/g, "hasFound($2 = hexadecimal($1))")
    .replace(/,\s*out _/g, "")
    .replace(/\b(?:var|int|byte\[\]) (\w+)(?= *=)/g, "let $1")
    .replace(/(\w+)\[([^[\]]*)\.\.([^[\]]*)\]/g, (_, value, from, to) => `${value}.slice(${from || 0}, ${to.replace("^", "-") || undefined})`)
    .replace(/return \((\w+), (\w+), (\w+)\);/g, "return [$1, $2, $3];")
    .replace(/!\./g, ".");
  code = withoutInitializers(withoutPatterns(code));
  // Literals of interpolated strings hold names of others.
  return code.replace(/__(\d+)__/g, (_, number) => literals[number]);
}

/** What the cases use of .NET. */
function library() {
  const extend = (prototype, members) => {
    for (const [name, value] of Object.entries(members)) {
      const property = typeof value === "function" && value.isGetter ? { get: value } : { value };
      Object.defineProperty(prototype, name, property);
    }
  };
  const getter = (get) => Object.assign(get, { isGetter: true });
  const isSame = (one, other, comparison) => (comparison ? one.toLowerCase() === other.toLowerCase() : one === other);
  const trimEnd = (text, characters) => {
    let end = text.length;
    while (end && (characters.length ? characters.includes(text[end - 1]) : /\s/.test(text[end - 1]))) end--;
    return text.slice(0, end);
  };
  const length = getter(function () { return this.length; });
  const context = vm.createContext({ Buffer });
  const { String: Text, Array: List, Number: Figure } = vm.runInContext("({ String, Array, Number })", context);
  const sequence = {
    Any(test) { return [...this].some(test); },
    All(test) { return [...this].every(test); },
    Count(test) { return [...this].filter(test).length; },
    Select(map) { return [...this].map(map); },
  };
  extend(Text.prototype, {
    ...sequence,
    Length: length,
    Contains(part, comparison) { return comparison ? this.toLowerCase().includes(part.toLowerCase()) : this.includes(part); },
    Equals(other, comparison) { return isSame(String(this), other, comparison); },
    StartsWith(part) { return this.startsWith(part); },
    EndsWith(part) { return this.endsWith(part); },
    IndexOf(part, from) { return this.indexOf(part, typeof from === "number" ? from : 0); },
    Replace(from, to) { return this.replaceAll(from, to); },
    Split(by) { return this.split(by).filter(Boolean); },
    Trim(...characters) { return characters.length ? trimEnd(String(this), characters).replace(/^"+/, "") : this.trim(); },
    TrimStart() { return this.trimStart(); },
    TrimEnd(...characters) { return trimEnd(String(this), characters); },
    ToString() { return String(this); },
  });
  const copyTo = { Length: length, CopyTo(target, at) { target.set(this, at); } };
  extend(List.prototype, { ...sequence, ...copyTo, Add(value) { this.push(value); } });
  extend(Figure.prototype, { ToString(format) { return this.toString(format?.toLowerCase() === "x" ? 16 : 10); } });
  if (!("CopyTo" in Buffer.prototype)) extend(Buffer.prototype, copyTo);
  const ascii = (text) => Buffer.from(text.replace(/[^\0-\x7f]/g, "?"), "latin1");
  const names = (...list) => Object.fromEntries(list.map((name) => [name, name]));
  Object.assign(context, {
    ConnectionState: names("Open", "ClosedByServer", "TimedOut", "Error"),
    TestVerdict: names("Pass", "Fail", "Warn", "Skip", "Error"),
    TestCategory: names("Compliance", "Smuggling", "MalformedInput", "Normalization", "Capabilities", "Cookies"),
    RfcLevel: names("Must", "Should", "May", "OughtTo", "NotApplicable"),
    StringComparison: { Ordinal: false, OrdinalIgnoreCase: true },
    StringSplitOptions: { RemoveEmptyEntries: true },
    StatusCodeRange: {
      Exact: (code) => [code, code],
      Range: (from, to) => [from, to],
      Range2xx: [200, 299],
      Range4xx: [400, 499],
      Range4xxOr5xx: [400, 599],
    },
    Encoding: { ASCII: { GetBytes: ascii, GetByteCount: (text) => text.length }, UTF8: { GetBytes: (text) => Buffer.from(text) } },
    Enumerable: { Range: (from, count) => vm.runInContext("Array", context).from({ length: count }, (_, index) => from + index) },
    TimeSpan: { FromMilliseconds: (count) => count, FromSeconds: (count) => 1000 * count, Zero: 0 },
    DateTime: { TryParseExact: (text) => /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/.test(text) },
    System: { Globalization: { CultureInfo: {}, DateTimeStyles: {} } },
    string: {
      Equals: isSame,
      IsNullOrEmpty: (text) => !text,
      IsNullOrWhiteSpace: (text) => !text?.trim(),
      Join: (by, list) => list.join(by),
    },
    // Not the same bytes as .NET's of this seed, but as many and as little of a request.
    Random: class { constructor(seed) { this.state = seed; } NextBytes(bytes) { for (let at = 0; at < bytes.length; at++) bytes[at] = (this.state = (this.state * 1103515245 + 12345) % 2147483648) >> 16; } },
    StringBuilder: class { text = ""; Append(part) { this.text += part; return this; } ToString() { return this.text; } },
    Dictionary: class extends Map {},
    List: List,
    repeat: (character, count) => character.repeat(count),
    hasFound: (value) => value !== undefined,
    hexadecimal: (text) => (/^[0-9a-fA-F]+$/.test(text) ? parseInt(text, 16) : undefined),
  });
  return context;
}

/** The cases of a checkout of Http11Probe, in its order. */
export function cases(checkout) {
  return SUITES.flatMap(([suite, method]) => {
    const source = readFileSync(join(checkout, `src/Http11Probe/TestCases/Suites/${suite}.cs`), "utf8").replace(/^\uFEFF/, "");
    const code = translate(source);
    return [...new vm.Script(`(() => { ${code}; return ${method}(); })()`, { filename: `${suite}.cs` }).runInContext(library())];
  });
}

if (process.argv[3] === "--code") console.log(translate(readFileSync(process.argv[2], "utf8")));
