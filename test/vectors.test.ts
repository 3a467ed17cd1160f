// Every vector in kernel and oracle: verdict, code, label, offset. Their rules are quoted in the vectors.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { formatAddress } from "../ts/address.ts";
import { createClassifier } from "../ts/classifier.ts";
import { createDecoder, type LabelRecord } from "../ts/decode.ts";
import { batchOf } from "../ts/frames.ts";
import { formatCategories, makeLabel, type Run } from "../ts/label.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { resolvePolicy } from "../ts/policy/read.ts";
import { authorityNames, RIPSO_LEVELS } from "../ts/policy/ripso.ts";
import { reasonName } from "../ts/reason.ts";
import { Oracle, type Reading, read } from "./oracle.ts";
import { octetsOf, VECTOR_DOI, type Vector, type VectorLabel, vectorOf, vectors } from "./vectors.ts";

const RAW = 101;
const LATER_FRAGMENTS: ReadonlyMap<string, string> = new Map([
  ["C4-52", "C4-50"],
  ["C4-53", "C4-50"],
  ["C6-31", "C6-29"],
  ["C6-32", "C6-29"],
]);

const test = suite("vectors");
const decoder = createDecoder({ dois: [VECTOR_DOI] });
const single = vectors.filter(({ id }) => !LATER_FRAGMENTS.has(id));

/** The verdict that a code amounts to, before any policy. */
function verdictOf(code: string): Vector["expect"]["verdict"] {
  if (code.startsWith("OK")) return "accept";
  if (code === "NO_LABEL") return "unlabelled";
  return code === "MULTI_SCHEME" || code === "RIPSO_ESO_UNREGISTERED" ? "policy" : "reject";
}

function expectedLabel(label: VectorLabel | null): LabelRecord | null {
  if (label === null || label.scheme === "ripso") return label;
  const runs = label.categories ?? (label.ranges as readonly Run[]);
  const { doi, level, categories } = makeLabel(label.doi, label.level, runs);
  return { scheme: label.scheme, doi, level, categories: formatCategories(categories) };
}

function oracleLabel({ label }: Reading): LabelRecord | null {
  if (label === null) return null;
  if (label.scheme === "ripso") {
    return { scheme: "ripso", level: RIPSO_LEVELS.get(label.level)!, authorities: authorityNames(label.authorities) };
  }
  const { doi, level, categories } = makeLabel(label.doi, label.level, label.categories);
  return { scheme: label.scheme, doi, level, categories: formatCategories(categories) };
}

function check(vector: Vector, status: string, blame: number | null, label: LabelRecord | null): void {
  const { code, verdict, icmp } = vector.expect;
  const said = `${vector.id} ${vector.title}`;
  assert.is(status, code, said);
  assert.is(verdictOf(status), verdict, said);
  assert.equal(label, expectedLabel(vector.expect.label), said);
  assert.is(blame === null, verdict === "accept" || verdict === "unlabelled", said);
  if (icmp?.pointer !== undefined) assert.is(blame, icmp.pointer, said);
}

test("there are 114", () => {
  assert.is(vectors.length, 114);
  assert.is(single.length, 110);
});

for (const vector of single) {
  test(`kernel ${vector.id}: ${vector.title}`, () => {
    const [record] = decoder.decode(batchOf([{ bytes: octetsOf(vector), linkType: RAW }]));
    check(vector, record!.status, record!.offset, record!.label);
  });

  test(`oracle ${vector.id}: ${vector.title}`, () => {
    const bytes = octetsOf(vector);
    const options = {
      profile: "strict",
      dois: [VECTOR_DOI],
      readRipso: true,
      formats: [],
      verifyChecksum: false,
    } as const;
    const reading = read({ bytes, wireLength: bytes.length, linkType: RAW, time: 0, device: null }, options);
    check(vector, reasonName(reading.status), reading.blame, oracleLabel(reading));
  });
}

// A fragment that disagrees with its datagram is dropped behind the first one. A missing label is told apart from a required
// one only where its sender need not label; another label only where its sender may use both.
for (const [id, firstId] of LATER_FRAGMENTS) {
  const vector = vectorOf(id);
  test(`kernel and oracle ${id}: ${vector.title}`, () => {
    const missing = vector.expect.code === "FRAG_LABEL_MISSING";
    const frames = [firstId, id].map((name) => ({ bytes: octetsOf(vectorOf(name)), linkType: RAW }));
    const dst = decoder.read(batchOf(frames), 0).dst!;
    const policy: PolicyInput = {
      doi: VECTOR_DOI,
      interfaces: [{ name: "net0", addresses: [formatAddress(dst)] }],
      partitions: [{ name: "three", label: "3:0" }],
      templates: {
        senders: missing ? { type: "unlabelled", label: "3:0" } : { type: "labelled", range: ["0", "255:0.239"] },
      },
      hosts: { "0.0.0.0/0": "senders", "::/0": "senders" },
    };

    const verdicts = [...createClassifier(policy).verdicts(batchOf(frames))];
    assert.equal(
      verdicts.map(({ reason }) => reason),
      [null, vector.expect.code],
    );
    const oracle = new Oracle(resolvePolicy(policy));
    const reasons = frames.map(({ bytes }) =>
      reasonName(oracle.classify({ bytes, wireLength: bytes.length, linkType: RAW, time: 0, device: null }).reason),
    );
    assert.equal(reasons, ["OK", vector.expect.code]);
  });
}

// Section 11 of the vectors' specification: the two profiles differ in accepting or dropping exactly these.
test("profile linux accepts what strict refuses in 26 vectors, and in no other", () => {
  const linux = createDecoder({ dois: [VECTOR_DOI], profile: "linux" });
  const isDropped = (status: string): boolean => verdictOf(status) === "reject";
  const differing = single.filter((vector) => {
    const batch = batchOf([{ bytes: octetsOf(vector), linkType: RAW }]);
    const [record] = linux.decode(batch);
    return isDropped(record!.status) !== (vector.expect.verdict === "reject");
  });
  assert.equal(
    differing.map(({ id }) => id),
    [
      ...["C4-15", "C4-31", "C4-33", "C4-37", "C4-39", "C4-40", "C4-41", "C4-43"],
      ...["R4-05", "R4-06", "R4-07", "R4-08", "R4-09", "R4-10", "R4-11", "R4-12", "R4-13", "R4-15", "R4-16", "R4-17"],
      ...["C6-07", "C6-16", "C6-17", "C6-18", "C6-19", "C6-34"],
    ],
  );
  assert.is(differing.length, 26);
});

test.run();
