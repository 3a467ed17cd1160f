// The contract of the command line: what each command prints, where, and how it ends. Bad input is cli.input.test.ts.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, truncateSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../ts/address.ts";
import { readCaptureFile } from "../ts/capture/file.ts";
import { readAll } from "./captures.ts";
import {
  at,
  BULK,
  command,
  explain,
  labelgate,
  linesOf,
  outputOf,
  POLICY,
  packet,
  pcap,
  RECORDING,
  recordsOf,
  root,
  shell,
} from "./commands.ts";
import { optional } from "./needs.ts";
import { cipso, ethernet, ipv4 } from "./packets.ts";

const test = suite("command line");

const FRAMES = 652;
const COMMANDS = ["decode", "classify", "split", "explain", "check"];
const PARTITIONS = ["public", "internal", "staff", "finance", "planning", "audit"];
const recorded = readAll(readCaptureFile(RECORDING)).frames;
const decoded = recordsOf(await outputOf(["decode", RECORDING]));
const classified = recordsOf(await outputOf(["classify", RECORDING, "--policy", POLICY]));

const DECODE_FIELDS =
  "frame time caplen wirelen linkType vlan ipVersion src dst protocol srcPort dstPort fragment options label status offset".split(
    " ",
  );
const CLASSIFY_FIELDS = "frame verdict partition binding copies reason label labelSource".split(" ");

/** Different values, in the order of their text. */
const sorted = (values: readonly unknown[]): unknown[] => [...new Set(values)].sort();

test("--version prints the version of the package", async () => {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string };
  for (const option of ["--version", "-V"]) assert.is(await outputOf([option]), `${version}\n`);
});

test("--help names every command, and for each its arguments and options", async () => {
  const help = await outputOf(["--help"]);
  for (const name of COMMANDS) assert.match(help, new RegExp(`^ {2}${name} .*<`, "m"));
  const options: Record<string, string[]> = {
    decode: ["<capture...>", "--doi", "--profile", "--format"],
    classify: ["<capture...>", "--policy", "--format"],
    split: ["<capture...>", "--policy", "--out", "--force"],
    explain: ["<capture>", "--frame", "--policy", "--format"],
    check: ["<file...>", "--from", "--base", "--out"],
  };
  for (const name of COMMANDS) {
    const text = await outputOf([name, "--help"]);
    assert.match(text, `Usage: labelgate ${name}`);
    for (const option of options[name]!) assert.match(text, option, name);
    assert.match(text, "- is standard input", name);
    assert.ok(
      linesOf(text).every((line) => line.length <= 80),
      name,
    );
  }
});

test("a command that is not understood ends with 2, says why on standard error and does nothing", async () => {
  const policy = ["--policy", POLICY];
  const wrong: [args: string[], why: RegExp][] = [
    [[], /Usage: labelgate/],
    [["dissect"], /unknown command 'dissect'/],
    [["decode"], /missing required argument 'capture'/],
    [["decode", RECORDING, "--verbose"], /unknown option '--verbose'/],
    [["decode", RECORDING, "--format", "xml"], /'xml' is invalid.*text, jsonl/],
    [["decode", RECORDING, "--format"], /argument missing/],
    [["decode", RECORDING, "--profile", "lax"], /'lax' is invalid.*strict, linux/],
    ...["0", "", "16,", "x", "1.5", "4294967296", "0:0:0:256"].map((doi): [string[], RegExp] => [
      ["decode", RECORDING, "--doi", doi],
      /--doi <list>.*is invalid.*expected 1 to 4294967295/,
    ]),
    [["classify", RECORDING], /required option '--policy <file>' not specified/],
    [["classify", ...policy], /missing required argument 'capture'/],
    [["split", RECORDING, ...policy], /required option '--out <dir>' not specified/],
    [["split", RECORDING, "--out", "never-made"], /required option '--policy <file>' not specified/],
    [["explain", RECORDING, ...policy], /required option '--frame <number>' not specified/],
    [["explain", RECORDING, RECORDING, "--frame", "1", ...policy], /too many arguments/],
    ...["0", "-1", "1.5", "abc", "", "1e3"].map((n): [string[], RegExp] => [
      ["explain", RECORDING, `--frame=${n}`, ...policy],
      /--frame <number>.*(invalid|missing)/,
    ]),
    [["check"], /missing required argument 'file'/],
  ];
  await Promise.all(
    wrong.map(async ([args, why]) => {
      const { code, stdout, stderr } = await labelgate(args);
      assert.is(code, 2, args.join(" "));
      assert.is(stdout, "", args.join(" "));
      assert.match(stderr, why);
    }),
  );
  assert.not(existsSync(at("never-made")));
});

test("decode prints a JSON line for each frame, with the fields of the contract in order", () => {
  assert.is(decoded.length, FRAMES);
  for (const [i, record] of decoded.entries()) {
    assert.equal(Object.keys(record).slice(0, DECODE_FIELDS.length), DECODE_FIELDS);
    assert.equal(Object.keys(record).slice(DECODE_FIELDS.length), ["ipOffset"]);
    assert.is(record.frame, i + 1);
    assert.match(record.time as string, /^\d+\.\d{9}$/);
    if (record.label !== null)
      assert.equal(Object.keys(record.label as object), ["scheme", "doi", "level", "categories"]);
    if (record.fragment !== null) assert.equal(Object.keys(record.fragment as object), ["offset", "more"]);
  }
  assert.equal(sorted(decoded.map(({ status }) => status)), ["NOT_IP", "NO_LABEL", "OK"]);
});

test("decode prints the line that the contract shows", async () => {
  const udp = ipv4({ options: cipso(3, [0, 2, 3, 4, 5, 6, 7, 8, 9]), sport: 53, dport: 53 });
  const frame = new Uint8Array(60);
  frame.set(ethernet(udp));
  const [line] = linesOf(await outputOf(["decode", pcap("example.pcap", [frame])]));
  const shown =
    '{"frame":1,"time":"1700000000.123456789","caplen":60,"wirelen":60,"linkType":1,"vlan":[],"ipVersion":4,' +
    '"src":"198.51.100.7","dst":"192.0.2.1","protocol":17,"srcPort":53,"dstPort":53,' +
    '"fragment":{"offset":0,"more":false},"options":[134],' +
    '"label":{"scheme":"cipso","doi":16,"level":3,"categories":"0,2.9"},"status":"OK","offset":null';
  assert.is(line!.slice(0, shown.length), shown);
});

test("decode as text prints a line for each frame: number, time, ends, protocol, label, status", async () => {
  const lines = linesOf(await outputOf(["decode", RECORDING, "--format", "text"]));
  assert.is(lines.length, FRAMES);
  assert.is(lines[0], "     1 1795369493.156710000 NOT_IP at octet 12");
  assert.is(lines[2], "     3 1795369493.473395000 10.1.0.2 44080 → 10.2.0.2 7777 tcp cipso 0 doi 16 OK");
  for (const [i, line] of lines.entries()) {
    const { frame, time, src, dst, dstPort, label, status } = decoded[i]!;
    const { doi, level, categories } = (label ?? {}) as Record<string, unknown>;
    const said = [frame, time, src, dst, dstPort, doi, level, categories, status];
    for (const value of said) if (value !== null && value !== undefined) assert.ok(line.includes(`${value}`), line);
  }
});

test("--doi says which DOIs are known; --profile linux accepts what Linux does", async () => {
  const known = recordsOf(await outputOf(["decode", RECORDING, "--doi", "99,0:0:0:16"]));
  for (const [i, { status, label, offset, ipOffset }] of known.entries()) {
    const before = decoded[i]!;
    if ((before.label as { doi: number } | null)?.doi !== 17) assert.is(status, before.status);
    else assert.equal([status, label, offset], ["CALIPSO_DOI_UNKNOWN", null, (ipOffset as number) + 44]);
  }
  // The alignment octet is 1 (C9).
  const odd = pcap("odd.pcap", [packet([134, 10, 0, 0, 0, 16, 1, 4, 1, 7])], 101);
  assert.match(await outputOf(["decode", odd]), '"status":"CIPSO_ALIGN_NONZERO","offset":28');
  assert.match(await outputOf(["decode", odd, "--profile", "linux"]), '"level":7,"categories":""},"status":"OK"');
});

test("classify prints a JSON line for each frame, with the fields of the contract in order", () => {
  assert.is(classified.length, FRAMES);
  for (const [i, record] of classified.entries()) {
    assert.equal(Object.keys(record).slice(0, CLASSIFY_FIELDS.length), CLASSIFY_FIELDS);
    assert.equal(Object.keys(record).slice(CLASSIFY_FIELDS.length), ["rule", "offset"]);
    assert.is(record.frame, i + 1);
    assert.is(record.verdict, record.reason === null ? "deliver" : "drop");
    assert.is(record.partition === null, record.reason !== null);
    assert.is(record.rule === null && record.offset === null, record.reason === null);
    assert.ok([null, "option", "host", "exempt"].includes(record.labelSource as string));
  }
});

test("the example policy is sound, and gives its recording a telling picture", async () => {
  assert.is(await outputOf(["check", POLICY]), `${POLICY}: sound, 6 partitions, 2 host prefixes\n`);
  const endpoints = classified.map(({ partition, binding }) =>
    binding === null ? partition : `${partition}/${binding}`,
  );
  const own = ["public", "internal", "staff"].flatMap((name) => [`${name}/echo-tcp`, `${name}/ping`]);
  assert.equal(sorted(endpoints), sorted([...own, "finance/echo-tcp", "planning", "audit/echo-udp", null]));
  // biome-ignore format: a list
  assert.equal(sorted(classified.map(({ reason }) => reason)), [
    "CALIPSO_DOI_UNKNOWN", "NOT_IP", "NOT_OURS", "NO_BINDING", "NO_PARTITION", "OUTSIDE_INTERFACE_RANGE",
    "SENDER_NOT_ACCREDITED", null,
  ]);
  assert.equal(sorted(classified.map(({ labelSource }) => labelSource)), ["exempt", null, "option"]);
});

test("classify as text counts the same frames and octets by partition, binding and reason", async () => {
  const text = await outputOf(["classify", RECORDING, "--policy", POLICY, "--format", "text"]);
  assert.match(linesOf(text)[0]!, `${RECORDING}: 652 frames, 115 delivered, 537 dropped`);
  const rows = text.matchAll(/^ *([\w/-]+) +([\d,]+) +([\d,]+) +([\d.]+) % *([█▏▎▍▌▋▊▉]*) *$/gm);
  const shown = Array.from(rows, ([, name, frames, bytes, , bar]) => {
    assert.is(bar !== "", frames !== "0", `${name} has a bar when it has frames`);
    return [name, Number(frames!.replaceAll(",", "")), Number(bytes!.replaceAll(",", ""))] as const;
  });
  const counted = new Map<string, [number, number]>(PARTITIONS.map((name) => [name, [0, 0]]));
  for (const [i, { partition, binding, reason }] of classified.entries()) {
    const names =
      reason === null
        ? ["delivered", partition, ...(binding === null ? [] : [`${partition}/${binding}`])]
        : ["dropped", reason];
    for (const name of names as string[]) {
      const [frames, bytes] = counted.get(name) ?? [0, 0];
      counted.set(name, [frames + 1, bytes + (decoded[i]!.caplen as number)]);
    }
  }
  assert.equal(new Map(shown.map(([name, ...count]) => [name, count])), counted);
  assert.ok(linesOf(text).every((line) => line === linesOf(text)[0] || line.length <= 100));
});

test("classify --metrics writes the counters whole or not at all, and says why it can't", async () => {
  const path = at("counters.txt");
  const args = ["classify", RECORDING, "--policy", POLICY];
  await outputOf([...args, "--metrics", path]);
  const text = readFileSync(path, "utf8");
  assert.ok(text.endsWith("# EOF\n"));
  const sum = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}_total\\{.*\\} (\\d+)$`, "gm"))].reduce(
      (total, [, value]) => total + Number(value),
      0,
    );
  assert.equal([sum("labelgate_delivered_frames"), sum("labelgate_dropped_frames")], [115, 537]);
  assert.match(text, /^labelgate_delivered_frames_total\{partition="public",binding="ping"\} 3$/m);
  const broken = pcap("cut.pcap", [packet()]);
  truncateSync(broken, 60);
  assert.is((await labelgate(["classify", broken, "--policy", POLICY, "--metrics", path])).code, 1);
  assert.match(readFileSync(path, "utf8"), /# EOF\n$/);
  for (const [bad, said] of [
    [at("no/such/folder"), /no\/such\/folder: cannot be written/],
    [RECORDING, /is a file that is read; write to another/],
    [root, /no regular file/],
  ] as const) {
    const { code, stderr } = await labelgate([...args, "--metrics", bad]);
    assert.is(code, 1);
    assert.match(stderr, said);
  }
});

test("- is standard input, for each command", async () => {
  const input = readFileSync(RECORDING);
  const policy = ["--policy", POLICY];
  for (const args of [["decode"], ["classify", ...policy], ["explain", "--frame", "300", ...policy]]) {
    assert.is(await outputOf([...args, "-"], { input }), await outputOf([...args, RECORDING]), args[0]);
  }
  await outputOf(["split", "-", "--out", at("from-input"), ...policy], { input });
  assert.is(linesOf(await outputOf(["decode", at("from-input/dropped.pcapng")])).length, 537);
  assert.is(
    await outputOf(["check", "-"], { input: readFileSync(POLICY) }),
    "standard input: sound, 6 partitions, 2 host prefixes\n",
  );
  const fromInput = await outputOf(["classify", RECORDING, "--policy", "-"], { input: readFileSync(POLICY) });
  assert.equal(recordsOf(fromInput), classified);
});

test("several captures are read one after the other, each counted from 1, and told apart", async () => {
  const { code, stdout, stderr } = await labelgate(["decode", RECORDING, at("missing.pcap"), RECORDING]);
  assert.is(code, 1);
  assert.match(stderr, "missing.pcap");
  const records = recordsOf(stdout);
  assert.equal(
    records.map(({ frame }) => frame),
    [...decoded, ...decoded].map(({ frame }) => frame),
  );
  assert.ok(records.every(({ capture }) => capture === RECORDING));
  const text = await labelgate(["classify", RECORDING, RECORDING, "--policy", POLICY, "--format", "text"]);
  assert.match(text.stdout, "1,304 frames, 230 delivered, 1,074 dropped");
});

test("a reader that has seen enough ends the command without a word", async () => {
  for (const rest of ["decode $1", "decode $1 --format text", "classify $1 --policy $2", "check $2", "--help"]) {
    const line = `{ $labelgate ${rest}; echo "ended with $?" >&2; } | head -1`;
    const { stdout, stderr } = await shell(line, [BULK, POLICY]);
    assert.is(linesOf(stdout).length, 1, rest);
    assert.is(stderr, "ended with 0\n", rest);
  }
});

test("a slow reader costs no memory and loses no line", async () => {
  const child = spawn(process.execPath, [command, "decode", BULK, BULK, BULK, BULK]);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const status = `/proc/${child.pid}/status`;
  if (existsSync(status)) {
    const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, "utf8"))![1]);
    assert.ok(peak < 110_000, `${peak} kB while nobody reads, of 62 MB to come`);
  }
  let lines = 0;
  for await (const piece of child.stdout as AsyncIterable<Buffer>)
    for (let at = piece.indexOf("\n"); at >= 0; at = piece.indexOf("\n", at + 1)) lines++;
  assert.is(lines, 4 * 44_498);
});

optional(test, "script", "on a terminal records are text, else JSON lines", async () => {
  const line = `script -qec "$labelgate classify '$1' --policy '$2'" /dev/null`;
  const { stdout } = await shell(line, [RECORDING, POLICY]);
  assert.match(stdout, "652 frames, 115 delivered, 537 dropped");
  assert.not.match(stdout, '"frame":1');
});

test("explain shows every step of a delivery, each entry of the policy, and marks the port", async () => {
  const { text, steps, octets, marked } = await explain(RECORDING, 3);
  assert.match(text, /^frame 3: delivered to public\/echo-tcp\n/);
  assert.is(steps.length, 11);
  assert.ok(steps.every(({ outcome }) => outcome === "pass"));
  assert.equal(octets, [...recorded[2]!.octets]);
  assert.equal(
    marked.map((place) => octets[place]),
    [7777 >> 8, 7777 & 255],
  );
  const paths = ["interfaces[0]", 'hosts["10.1.0.0/24"]', "templates.clients", "partitions[0]", "interfaces[0].range"];
  for (const path of [...paths, "partitions[0].bindings[0]"])
    assert.ok(
      steps.some((step) => step.path === path),
      path,
    );
});

test("explain shows the steps to the one that drops, and marks the octets to blame", async () => {
  // By reason, the octets under the marks: an address, a port, the first of the label option or the field itself.
  const blamed: Record<string, (octets: number[], frame: number) => boolean> = {
    NOT_IP: ([first]) => first === 8, // 0806, ARP
    NOT_OURS: (octets, frame) => octets.join() === [...parseAddress(decoded[frame - 1]!.dst as string)].join(),
    NO_BINDING: (octets) => octets.join() === [7777 >> 8, 7777 & 255].join(),
    CALIPSO_DOI_UNKNOWN: ([first]) => first === 0,
  };
  for (const reason of sorted(classified.map((record) => record.reason)).filter((name) => name !== null) as string[]) {
    const { frame, rule, offset } = classified.find((record) => record.reason === reason)!;
    const { text, steps, verdict, octets, marked } = await explain(RECORDING, frame as number);
    assert.ok(text.startsWith(`frame ${frame}: dropped, ${reason}\n`), reason);
    assert.equal([verdict.reason, verdict.offset, steps.at(-1)!.rule], [reason, offset, rule]);
    assert.equal(
      steps.map(({ outcome }) => outcome),
      steps.map((_, i) => (i + 1 < steps.length ? "pass" : "drop")),
    );
    assert.ok(marked.includes(offset as number), reason);
    const isLabel = ([first]: number[]) => first === 134 || first === 7;
    assert.ok(
      (blamed[reason] ?? isLabel)(
        marked.map((place) => octets[place]!),
        frame as number,
      ),
      reason,
    );
  }
});

test("explain judges a frame by those before it, as classify does", async () => {
  const fragment = (field: number, id = 5): Uint8Array =>
    ipv4({ src: "10.1.0.2", dst: "10.2.0.2", protocol: 17, dport: 7777, options: cipso(2), id, fragment: field });
  const capture = pcap("fragments.pcap", [fragment(0x2000), fragment(1), fragment(1, 6)], 101);
  const verdicts = recordsOf(await outputOf(["classify", capture, "--policy", POLICY]));
  assert.equal(
    verdicts.map(({ reason, partition }) => reason ?? partition),
    ["audit", "audit", "FRAG_NO_FIRST"],
  );
  for (const { frame, reason } of verdicts) assert.is((await explain(capture, frame as number)).verdict.reason, reason);
  const frame = 20_000;
  const { reason } = recordsOf(await outputOf(["classify", BULK, "--policy", POLICY]))[frame - 1]!;
  assert.is((await explain(BULK, frame)).verdict.reason, reason);
});

test("explain says when there is no such frame", async () => {
  const { code, stdout, stderr } = await labelgate(["explain", RECORDING, "--frame", "653", "--policy", POLICY]);
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, `${RECORDING}: there is no frame 653; the last is 652`);
});

test("explain gives octets only to a step that has some", async () => {
  const { text } = await explain(pcap("raw.pcap", [packet()], 101), 1);
  assert.not.match(text, /octets (\d+)–-/);
});

test("explain names the partition also when its bindings or the interface's range drop the frame", async () => {
  for (const [reason, name, index] of [
    ["NO_BINDING", "audit", 5],
    ["OUTSIDE_INTERFACE_RANGE", "audit", 5],
  ] as const) {
    const frame = classified.find((record) => record.reason === reason)!.frame as number;
    const { words, path } = (await explain(RECORDING, frame)).steps[8]!;
    assert.match(words, name, reason);
    assert.match(path ?? "", `partitions[${index}]`, reason);
  }
});

test("explain names the multilevel port that decides on the partition", async () => {
  const { words, path } = (await explain(RECORDING, 15)).steps[8]!;
  assert.match(`${words} ${path}`, /multilevel/i);
});

test("explain does not claim that the interface's range was asked of a packet without a label", async () => {
  const { words } = (await explain(RECORDING, 19)).steps[9]!;
  assert.not.match(words, "0 to 15:0.63");
});

test.run();
