// The trial of the README: its script, and what it prints.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inNamespaces } from "./namespaces.ts";

const test = suite("trial");
const script = fileURLToPath(new URL("../docs/trial/trial.sh", import.meta.url));

inNamespaces(test, "each of three clients on one address hears its own of three servers on one", ["curl"], async () => {
  const { stdout } = await promisify(execFile)("sh", [script], { timeout: 60_000 });
  for (const name of ["public", "internal", "secret"]) {
    for (const host of ["10.66.0.1", "[fd66::1]"]) {
      const line = `${name.padEnd(9)} at 10.66.0.2 asks ${host.padEnd(10)} and hears: the ${name} server\n`;
      assert.ok(stdout.includes(line), stdout);
    }
  }
  for (const [level, categories] of [
    [1, "none"],
    [2, "0"],
    [5, "0,1"],
  ]) {
    for (const [ends, scheme] of [
      ["10.66.0.2 to 10.66.0.1", "CIPSO"],
      ["fd66::2 to fd66::1", "CALIPSO"],
    ]) {
      assert.ok(stdout.includes(`${ends}: ${scheme}, DOI 16, level ${level}, categories ${categories}\n`), stdout);
    }
  }
  assert.match(stdout, /^dropped +0 /m);
});

test.run();
