// labelgate audit: what it prints and writes, and that classify says of every packet what the audit claims.
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { FindingRecord, PacketRecord } from "../ts/cli/audit.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { HIGH, LOW, NET0, PLAIN } from "./auditing.ts";
import { at, file, labelgate, linesOf, outputOf, POLICY, recordsOf } from "./commands.ts";

const test = suite("command line, audit");

const json = (name: string, policy: PolicyInput): string => file(name, JSON.stringify(policy));
const plain = json("plain.json", PLAIN);
const refuted = json("refuted.json", { ...PLAIN, partitions: [LOW, HIGH, { name: "lost", label: "12" }] });

/** Everything: VLANs, copies, drops, unlabelled senders, both versions of IP; no packet needs a device. */
const RICH: PolicyInput = {
  ...PLAIN,
  interfaces: [
    { ...NET0, addresses: ["192.0.2.1/24", "2001:db8::1"] },
    { name: "net1", vlan: 5, addresses: [{ address: "192.0.2.129", partition: "high" }], range: ["0", "9:0.9"] },
  ],
  partitions: [
    { ...LOW, bindings: [{ name: "web", ports: ["80/tcp"] }, { name: "rest" }] },
    {
      ...HIGH,
      multilevelPorts: ["8080/tcp"],
      icmp: "range",
      bindings: [{ name: "log", ports: ["514/udp"], acceptLower: true }, { name: "rest" }],
    },
  ],
  control: "low",
  templates: { ...PLAIN.templates, outside: { type: "unlabelled", label: "1" } },
  hosts: { ...PLAIN.hosts, "0.0.0.0/0": "outside", "2001:db8:1::/48": "peers" },
};
const rich = json("rich.json", RICH);
/** A multicast that is known to have come by one interface only by its device. */
const devices = json("devices.json", {
  ...PLAIN,
  interfaces: [
    { name: "net0", device: "eth0", addresses: ["192.0.2.1"] },
    { name: "net1", device: "eth1", addresses: ["192.0.2.129"] },
  ],
  partitions: [LOW, { ...HIGH, shared: false, groups: [{ address: "239.1.1.1", interface: "net1" }] }],
});

const findings = async (...args: string[]): Promise<FindingRecord[]> => {
  const { stdout } = await labelgate(["audit", ...args, "--format", "jsonl"]);
  return recordsOf(stdout) as unknown as FindingRecord[];
};

// What classify says of each packet, in the fields that the audit claims.
async function requireVerdicts(capture: string, policy: string, packets: readonly PacketRecord[]): Promise<void> {
  const claimed = new Map(packets.map((packet) => [packet.frame, packet]));
  const verdicts = recordsOf(await outputOf(["classify", capture, "--policy", policy, "--format", "jsonl"]));
  assert.equal(
    verdicts.map(({ frame }) => frame),
    [...claimed.keys()].sort((a, b) => a! - b!),
  );
  for (const verdict of verdicts) {
    const { frame, partition, binding, copies, reason, words } = claimed.get(verdict.frame as number)!;
    assert.equal(
      { frame, verdict: reason === null ? "deliver" : "drop", partition, binding, copies, reason },
      {
        frame: verdict.frame,
        verdict: verdict.verdict,
        partition: verdict.partition,
        binding: verdict.binding,
        copies: verdict.copies,
        reason: verdict.reason,
      },
      words,
    );
  }
}

test("a policy of which nothing is refuted ends with 0, another with 1", async () => {
  await outputOf(["audit", plain, "--format", "text"]);
  const { code, stdout, stderr } = await labelgate(["audit", refuted, "--format", "text"]);
  assert.equal([code, stderr], [1, ""]);
  // The question with what is refuted comes first.
  assert.ok(
    stdout.startsWith(
      [
        `${refuted}: 1 refuted, 9 proved`,
        "",
        "Can every partition and binding be reached?",
        "  refuted   partitions[2]",
        "            no packet reaches lost: label 12 is outside the range of net0",
        "  proved    partitions[0]",
        "            low is reached",
        "",
      ].join("\n"),
    ),
    stdout,
  );
});

test("a policy with problems ends with 1 and says them; a command that is not understood with 2", async () => {
  const bad = file("bad.json", JSON.stringify({ ...PLAIN, doi: 0, control: "nobody" }));
  const { code, stdout, stderr } = await labelgate(["audit", bad]);
  assert.equal([code, stdout, linesOf(stderr).length], [1, "", 2]);
  assert.match(stderr, /bad\.json:1:\d+: error: doi: /);
  assert.is((await labelgate(["audit", at("missing.json")])).code, 1);
  for (const args of [[], [plain, plain], [plain, "--write"], [plain, "--format", "xml"], [plain, "--write", ""]]) {
    assert.is((await labelgate(["audit", ...args])).code, 2, args.join(" "));
  }
});

test("--help says what it takes, in lines that fit", async () => {
  const help = await outputOf(["audit", "--help"]);
  for (const part of ["Usage: labelgate audit", "<policy>", "--write", "--force", "--format", "- is standard input"]) {
    assert.match(help, part);
  }
  assert.ok(linesOf(help).every((line) => line.length <= 80));
  assert.match(await outputOf(["--help"]), /^ {2}audit .*<policy>/m);
});

test("the policy can come by standard input, with comments", async () => {
  const input = `// a comment\n${readFileSync(plain, "utf8")}`;
  const text = await outputOf(["audit", "-", "--format", "text"], { input });
  assert.match(text, /^standard input: \d+ proved\n/);
});

for (const ending of ["pcap", "pcapng"]) {
  test(`every packet is a frame of the ${ending}, and classify gives the verdict that is claimed`, async () => {
    const capture = at(`rich.${ending}`);
    const records = await findings(rich, "--write", capture);
    const packets = records.flatMap((record) => record.packets);
    assert.ok(new Set(packets.map(({ frame }) => frame)).size > 10);
    assert.ok(packets.some(({ copies }) => copies.length > 0));
    assert.ok(packets.some(({ reason }) => reason !== null));
    await requireVerdicts(capture, rich, packets);
    const octets = readFileSync(capture);
    assert.is(octets.readUInt32LE(0), ending === "pcap" ? 0xa1b23c4d : 0x0a0d0d0a);
    for (const { words, octets: hex } of packets) {
      assert.ok(octets.includes(Buffer.from(hex, "hex")));
      assert.is(octets.includes(words), ending === "pcapng", "comments");
    }
  });
}

test("a packet that has to come by a device makes it pcapng, whatever its name, and that is said", async () => {
  const capture = at("devices.pcap");
  const { code, stdout, stderr } = await labelgate(["audit", devices, "--write", capture, "--format", "jsonl"]);
  assert.is(code, 0);
  assert.match(stderr, /devices\.pcap: written as pcapng/);
  const packets = (recordsOf(stdout) as unknown as FindingRecord[]).flatMap((record) => record.packets);
  assert.ok(packets.some(({ device }) => device === "eth1"));
  await requireVerdicts(capture, devices, packets);
  assert.is((await labelgate(["audit", devices, "--write", at("devices.pcapng")])).stderr, "");
});

test("without --write packets have no frame number", async () => {
  const records = await findings(plain);
  assert.ok(records.length > 0);
  for (const { frame } of records.flatMap(({ packets }) => packets)) assert.is(frame, null);
});

test("a file that is there is overwritten only by force; the policy, a folder and a device never", async () => {
  const capture = file("there.pcap", "kept");
  const refused = await labelgate(["audit", plain, "--write", capture]);
  assert.equal([refused.code, refused.stdout, readFileSync(capture, "utf8")], [1, "", "kept"]);
  assert.match(refused.stderr, "there already; --force overwrites");
  await outputOf(["audit", plain, "--write", capture, "--force"]);
  assert.is.not(readFileSync(capture, "utf8"), "kept");
  mkdirSync(at("folder.pcap"), { recursive: true });
  for (const [path, why] of [
    [plain, "is the policy"],
    [at("folder.pcap"), "it is a directory"],
    ["/dev/null", "it is no file"],
    [at("nowhere/x.pcap"), "cannot be written"],
  ] as const) {
    const { code, stderr } = await labelgate(["audit", plain, "--write", path, "--force"]);
    assert.is(code, 1);
    assert.match(stderr, why);
  }
  assert.not(statSync("/dev/null").isFile());
  assert.not(existsSync(at("there.pcap.partial")));
});

test("control characters of a device's name are written out, not acted on", async () => {
  const names = json("names.json", {
    ...(JSON.parse(readFileSync(devices, "utf8")) as PolicyInput),
    templates: PLAIN.templates,
  });
  const text = readFileSync(names, "utf8").replaceAll("eth1", "\\u001b[31meth1");
  writeFileSync(names, text);
  const capture = at("names.pcapng");
  const records = await findings(names, "--write", capture);
  await requireVerdicts(
    capture,
    names,
    records.flatMap(({ packets }) => packets),
  );
  assert.not.match(await outputOf(["audit", names, "--format", "text"]), "\u001b");
});

test("of what is proved the first are printed, of all else everything", async () => {
  const many = Array.from({ length: 20 }, (_, i) => ({ name: `p${i}`, label: `${i < 10 ? i : 200 + i}` }));
  const { stdout } = await labelgate(["audit", json("many.json", { ...PLAIN, partitions: many }), "--format", "text"]);
  assert.match(stdout, "  proved    … and 2 more; --format jsonl has them all");
  assert.is([...stdout.matchAll(/no packet reaches p\d+: /g)].length, 10);
});

test("the policy of the README is sound: nothing of it is refuted", async () => {
  await outputOf(["audit", POLICY, "--format", "text"]);
});

test.run();
