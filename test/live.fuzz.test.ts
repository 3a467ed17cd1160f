// Anything from partitions and from the wire, against what must hold whatever it is: nothing leaves but with its partition's
// label and address, nothing arrives but where a classifier delivers it, and nothing throws. LABELGATE_SEED repeats a run.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { batchOf } from "../ts/frames.ts";
import { formatLabel } from "../ts/label.ts";
import type { Verdict } from "../ts/verdict.ts";
import { randomSeed } from "./generate/differential.ts";
import {
  frame,
  GATE_MACS,
  HOST_MAC,
  HOST4,
  HOST6,
  hostAnswers,
  INSIDE_MACS,
  labelIn,
  OUR4,
  OUR6,
  says,
  WIRE_MAC,
  type World,
  world,
  worldPolicy,
} from "./live/world.ts";
import { calipso, cipso, ipv4, ipv6, optionsHeader } from "./packets.ts";

const test = suite("live at random");
const seed = Number(process.env.LABELGATE_SEED ?? randomSeed());
console.log(`seed ${seed}`);
const RUNS = 250;

const NAMES = ["public", "secret", "audit"] as const;
type Name = (typeof NAMES)[number];
const LABELS: Readonly<Record<Name, string>> = { public: "1", secret: "5:0", audit: "7" };
const PLAIN4 = "192.0.2.9";

const pick = <T>(...items: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...items);
const octets = (most: number): fc.Arbitrary<number[]> => fc.array(fc.nat(255), { maxLength: most });
const label = pick<[number, number[]]>([1, []], [5, [0]], [7, []], [3, []], [5, [0, 1]], [0, []]);
const port = pick(514, 80, 12345, 0, 65_535);
const fragment = pick(0, 0, 0, 0, 0x4000, 0x2000, 0x2001, 1, 2, 0x1fff, 0x8000);

const upper = fc.oneof(
  fc
    .record({ protocol: pick(17, 6, 132), sport: port, dport: port, data: octets(40) })
    .map(({ protocol, sport, dport, data }) => ({
      protocol,
      body: [sport >> 8, sport & 255, dport >> 8, dport & 255, 0, 8, 0, 0, ...data],
    })),
  fc
    .record({ flags: fc.nat(255), offset: fc.nat(255), options: octets(12), sport: port, dport: port })
    .map(({ flags, offset, options, sport, dport }) => ({
      protocol: 6,
      body: [
        sport >> 8,
        sport & 255,
        dport >> 8,
        dport & 255,
        0,
        0,
        0,
        1,
        0,
        0,
        0,
        1,
        offset,
        flags,
        1,
        1,
        0,
        0,
        0,
        0,
        ...options,
      ],
    })),
  fc.record({ protocol: pick(1, 58, 2, 51, 50, 59), body: octets(80) }),
);

/** Ends of packets, those first that are right for the direction. */
interface Ends {
  readonly src4: readonly string[];
  readonly dst4: readonly string[];
  readonly src6: readonly string[];
  readonly dst6: readonly string[];
}
const OUT: Ends = {
  src4: [OUR4],
  dst4: [HOST4, PLAIN4, "192.0.2.8", "198.51.100.1"],
  src6: [OUR6],
  dst6: [HOST6],
};
const IN: Ends = { src4: [HOST4, PLAIN4, "192.0.2.8"], dst4: [OUR4], src6: [HOST6], dst6: [OUR6] };
const ODD4 = [OUR4, HOST4, "192.0.2.3", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.255", "127.0.0.1"];
const ODD6 = [OUR6, HOST6, "fe80::1", "::", "ff02::1", "2001:db8:9::1", "::1"];
const mostly = (right: readonly string[], odd: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 6, arbitrary: pick(...right) }, { weight: 1, arbitrary: pick(...odd) });

const packet4 = ({ src4, dst4 }: Ends) =>
  fc
    .record({
      upper,
      src: mostly(src4, ODD4),
      dst: mostly(dst4, ODD4),
      label: fc.option(label),
      more: fc.oneof({ weight: 4, arbitrary: fc.constant<number[]>([]) }, octets(12)),
      fragment,
      id: fc.nat(3),
    })
    .map(({ upper: { protocol, body }, src, dst, label: said, more, fragment: part, id }) => {
      const options = [...(said === null ? [] : cipso(...said)), ...more];
      return ipv4({ src, dst, protocol, body, options: options.slice(0, 40), fragment: part, id });
    });

const header6 = fc.oneof(
  label.map((said) => calipso(...said)),
  pick<[number, number[]]>(
    [60, optionsHeader([])],
    [43, optionsHeader([0, 0])],
    [51, [4, 0, 0, ...new Array<number>(20).fill(1)]],
  ),
  fragment.map((part): [number, number[]] => [
    44,
    [0, (part & 0x1f) >> 5, ((part & 0x1f) << 3) | ((part >> 13) & 1), 0, 0, 0, 1],
  ]),
);
const packet6 = ({ src6, dst6 }: Ends) =>
  fc
    .record({
      upper,
      src: mostly(src6, ODD6),
      dst: mostly(dst6, ODD6),
      headers: fc.array(header6, { maxLength: 3 }),
    })
    .map(({ upper: { protocol, body }, src, dst, headers }) => ipv6({ src, dst, protocol, body, headers }));

/** Changes of single octets, a cut, octets behind; the checksum of an IPv4 header mended or not. */
const bent = (ends: Ends): fc.Arbitrary<Uint8Array> =>
  fc
    .record({
      packet: fc.oneof(packet4(ends), packet6(ends)),
      changes: fc.oneof(
        { weight: 3, arbitrary: fc.constant<[number, number][]>([]) },
        fc.array(fc.tuple(fc.nat(90), fc.nat(255)), { maxLength: 3 }),
      ),
      cut: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
      behind: fc.oneof({ weight: 4, arbitrary: fc.constant<number[]>([]) }, octets(20)),
      isMended: fc.boolean(),
    })
    .map(({ packet, changes, cut, behind, isMended }) => {
      const bytes = Uint8Array.from([...packet.subarray(0, Math.ceil(packet.length * cut)), ...behind]);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      if (isMended && bytes.length >= 20 && bytes[0]! >> 4 === 4) mend(bytes);
      return bytes;
    });

function mend(bytes: Uint8Array): void {
  const length = Math.min(bytes.length & ~1, (bytes[0]! & 15) * 4);
  bytes[10] = 0;
  bytes[11] = 0;
  let sum = 0;
  for (let i = 0; i < length; i += 2) sum += bytes[i]! * 256 + bytes[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  bytes[10] = (~sum >> 8) & 255;
  bytes[11] = ~sum & 255;
}

/** A frame around it, sometimes of another kind: ARP, a tag, a type that does not fit. */
const framed = (ends: Ends, from: readonly number[], to: readonly number[]): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: bent(ends).map((packet) =>
        packet.length === 0 ? frame(Uint8Array.of(0x45), from, to) : frame(packet, from, to),
      ),
    },
    {
      weight: 1,
      arbitrary: bent(ends).map((packet) => Uint8Array.from([...to, ...from, 0x81, 0, 0, 7, 8, 0, ...packet])),
    },
    {
      weight: 1,
      arbitrary: octets(60).map((data) => Uint8Array.from([...to, ...from, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, ...data])),
    },
    {
      weight: 1,
      arbitrary: octets(80).map((data) =>
        Uint8Array.from([...to, ...from, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 32, 58, 255, ...data]),
      ),
    },
    { weight: 1, arbitrary: octets(30).map((data) => Uint8Array.from(data)) },
  );

function settled(): World {
  const w = world();
  w.fromWire(
    hostAnswers(),
    hostAnswers(HOST6),
    hostAnswers(PLAIN4),
    hostAnswers("192.0.2.8"),
    hostAnswers("192.0.2.254"),
  );
  w.wire.take();
  for (const name of NAMES) w.ports[name].take();
  return w;
}

// What the gate asks for itself is no packet of a partition.
const isQuestion = (octets: Uint8Array): boolean => {
  const { protocol, dst } = says(octets);
  return octets[12] === 8 && octets[13] === 6
    ? true
    : protocol === 58 && octets[54] === 135 && dst!.startsWith("ff02::1:ff");
};

test("whatever a partition sends, only its own label and our address leave, and no other partition hears of it", () => {
  const sends = fc.array(fc.tuple(pick(...NAMES), fc.nat(23)), { minLength: 12, maxLength: 40 });
  const all = fc.record({
    sends,
    frames: fc.array(framed(OUT, [2, 0, 0, 0, 1, 1], GATE_MACS.public!), { minLength: 16, maxLength: 24 }),
  });
  let left = 0;
  fc.assert(
    fc.property(all, ({ sends: order, frames }) => {
      const w = settled();
      for (const [name, number] of order) {
        const sent = frames[number % frames.length]!.slice();
        if (sent.length >= 12) sent.set(INSIDE_MACS[name]!, 6);
        w.fromPartition(name, sent);
        for (const other of NAMES) {
          if (other !== name) assert.equal(w.ports[other].take(), [], `${other} hears what ${name} says`);
        }
        w.ports[name].take();
        w.fromWire(hostAnswers(), hostAnswers(HOST6), hostAnswers(PLAIN4), hostAnswers("192.0.2.254"));
        for (const out of w.wire.take()) {
          if (isQuestion(out)) continue;
          left++;
          const { src, dst, status } = says(out);
          assert.ok(src === OUR4 || src === OUR6, `${src}`);
          assert.ok(status.startsWith("OK") || (status === "NO_LABEL" && dst === PLAIN4), `${status} to ${dst}`);
          if (dst === PLAIN4) assert.equal([labelIn(out), name], [null, "public"]);
          else assert.is(labelIn(out), LABELS[name]);
          assert.equal(Array.from(out.subarray(6, 12)), [...WIRE_MAC]);
        }
      }
    }),
    { seed, numRuns: RUNS },
  );
  assert.ok(left > RUNS, `${left} packets left: too few to say anything`);
});

test("whatever the wire brings, a partition gets what a classifier delivers to it, and nothing else", () => {
  const frames = fc.array(framed(IN, HOST_MAC, WIRE_MAC), { minLength: 12, maxLength: 40 });
  let arrived = 0;
  fc.assert(
    fc.property(frames, (brought) => {
      const w = settled();
      const { live: _, ...policy } = worldPolicy();
      const classifier = createClassifier({ ...policy, checksum: "verify" });
      for (const bytes of brought) {
        const before = w.gate.stats();
        w.fromWire(bytes);
        const after = w.gate.stats();
        const got = NAMES.filter((name) => w.ports[name].take().length > 0);
        w.wire.take();
        const wire = after.wires.w0!;
        if (wire.answered + wire.conflicts > before.wires.w0!.answered + before.wires.w0!.conflicts) {
          assert.equal(got, [], "what is for the gate reaches nobody");
          continue;
        }
        const batch = batchOf([{ bytes, device: "w0", seconds: 1_700_000_000 }]);
        const verdicts: Verdict[] = [...classifier.verdicts(batch)];
        const { partition, copies, label: by } = verdicts[0]!;
        const meant = partition === null ? [] : [partition, ...copies.map((copy) => copy.partition)];
        for (const name of got) assert.ok(meant.includes(name), `${name} gets what is for ${meant.join() || "nobody"}`);
        if (got.length === 0 && meant.length > 0 && !isControl(bytes)) {
          const lost = after.broken + after.authenticated + after.relabelled + after.tooBig + after.portless;
          const lostBefore = before.broken + before.authenticated + before.relabelled + before.tooBig + before.portless;
          assert.ok(
            lost > lostBefore,
            `delivered to ${meant}, by ${by === null ? "none" : formatLabel(by)}, and not there`,
          );
        }
        arrived += got.length;
      }
    }),
    { seed, numRuns: RUNS },
  );
  assert.ok(arrived > RUNS, `${arrived} packets arrived: too few to say anything`);
});

// ARP, and neighbour discovery that asks or answers.
function isControl(bytes: Uint8Array): boolean {
  return (bytes[12] === 8 && bytes[13] === 6) || bytes.includes(135) || bytes.includes(136);
}

test.run();
