// Writes the short raw requests as files, the seeds of the fuzz target of framing: node seeds.mjs FOLDER.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { requests } from "./requests.mjs";

const MOST = 4096;

requests
  .filter(({ bytes }) => bytes.length <= MOST)
  .forEach(({ bytes }, number) => writeFileSync(join(process.argv[2], `row-${number}`), bytes));
