// `labelgate audit`: what it says, and that `classify` agrees with every packet that it writes.
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { at, file, labelgate, linesOf, outputOf, POLICY } from "./commands.ts";

const test = suite("command line: audit");

interface Shown {
  readonly frame: number;
  readonly verdict: string;
  readonly partition: string | null;
  readonly binding: string | null;
  readonly reason: string | null;
  readonly copies: unknown;
}

interface Answer {
  readonly outcome: string;
  readonly packets: readonly Shown[];
}

for (const name of ["shown.pcap", "shown.pcapng"]) {
  test(`every packet in ${name} is judged by classify as the audit claims`, async () => {
    const out = at(name);
    const answers = linesOf(await outputOf(["audit", POLICY, "--write", out, "--format", "jsonl"])).map(
      (line) => JSON.parse(line) as Answer,
    );
    const verdicts = linesOf(await outputOf(["classify", out, "--policy", POLICY, "--format", "jsonl"])).map(
      (line) => JSON.parse(line) as Shown,
    );
    const shown = answers.flatMap(({ packets }) => packets);
    assert.ok(shown.length > 10);
    for (const { frame, verdict, partition, binding, reason, copies } of shown) {
      const said = verdicts[frame - 1]!;
      assert.equal(
        [said.verdict, said.partition, said.binding, said.reason, said.copies],
        [verdict, partition, binding, reason, copies],
      );
    }
    assert.is(verdicts.length, new Set(shown.map(({ frame }) => frame)).size);
  });
}

test("what is refuted comes first and is exit 1; a bad policy is 1, a bad command 2", async () => {
  const text = readFileSync(POLICY, "utf8").replace('"10.1.0.0/24"', '"10.1.0.0/24": "clients", "224.0.0.0/24"');
  const { code, stdout } = await labelgate(["audit", file("refuted.json", text), "--format", "text"]);
  assert.is(code, 1);
  assert.match(stdout, /refuted/);
  assert.is((await labelgate(["audit", file("bad.json", "{}")])).code, 1);
  assert.is((await labelgate(["audit"])).code, 2);
});

test("a file that is there is not overwritten unasked", async () => {
  const there = file("there.pcap", "kept");
  assert.is((await labelgate(["audit", POLICY, "--write", there])).code, 1);
  assert.is(readFileSync(there, "utf8"), "kept");
  assert.is((await labelgate(["audit", POLICY, "--write", there, "--force"])).code, 0);
});

test.run();
