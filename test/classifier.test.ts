// The API: sinks, counters, and what a careless caller may do. Section 6 of the design.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readCaptureSync } from "../ts/capture/read.ts";
import { PcapWriter } from "../ts/capture/write.ts";
import { createClassifier } from "../ts/classifier.ts";
import { PolicyError, SinkError } from "../ts/errors.ts";
import { batchOf } from "../ts/frames.ts";
import { formatLabel } from "../ts/label.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import type { DeliveredFrame, Delivery, FrameCopy } from "../ts/sink.ts";
import { batch, framesOf, NOWHERE, POLICY, PUBLIC, SECRET } from "./dispatching.ts";
import { calipso, cipso, ETHERNET, ethernet, ipv4, ipv6, RAW } from "./packets.ts";

const test = suite("classifier");

test("each sink gets the frames of its partition, and the drops theirs", () => {
  const classifier = createClassifier(POLICY);
  const got: Record<string, number[]> = {};
  classifier.register("public", (delivery) => {
    got.public = framesOf(delivery);
  });
  classifier.register("secret", (delivery) => {
    got.secret = framesOf(delivery);
  });
  classifier.registerDrops((delivery) => {
    got.drops = framesOf(delivery);
  });
  classifier.dispatch(batch(SECRET, PUBLIC, NOWHERE, SECRET));
  assert.equal(got, { public: [2], secret: [1, 4], drops: [3] });
});

test("a frame goes to its binding's sink, else to its partition's, once", () => {
  const classifier = createClassifier(POLICY);
  const got: Record<string, number> = { "public/web": 0, public: 0 };
  for (const name of Object.keys(got)) {
    classifier.register(name, (delivery) => {
      got[name]! += delivery.length;
    });
  }
  classifier.dispatch(batch(PUBLIC, ipv4({ options: cipso(1), dport: 9 }), PUBLIC));
  assert.equal(got, { "public/web": 2, public: 1 });
});

test("a sink that is taken away gets nothing more, and its place can be filled again", () => {
  const classifier = createClassifier(POLICY);
  let count = 0;
  const sink = (delivery: Delivery): void => {
    count += delivery.length;
  };
  const remove = classifier.register("secret", sink);
  classifier.dispatch(batch(SECRET));
  remove();
  remove();
  classifier.dispatch(batch(SECRET));
  assert.is(count, 1);
  classifier.register("secret", sink);
  classifier.dispatch(batch(SECRET));
  assert.is(count, 2);
});

test("a name that is no partition, or has a sink, is refused", () => {
  const classifier = createClassifier(POLICY);
  classifier.register("secret", () => {});
  classifier.registerDrops(() => {});
  assert.throws(() => classifier.register("secret", () => {}), /"secret" has a sink already/);
  assert.throws(() => classifier.registerDrops(() => {}), /"dropped" has a sink already/);
  assert.throws(
    () => classifier.register("sekret", () => {}),
    /expected one of public, public\/web, public\/rest, secret/,
  );
  assert.throws(() => classifier.register("secret/web", () => {}), /"secret\/web" is no partition/);
});

test("a sink that throws stops no other; dispatch throws what it threw, and the counters are right", () => {
  const classifier = createClassifier(POLICY);
  let secret = 0;
  classifier.register("public", () => {
    throw new Error("disk full");
  });
  classifier.register("secret", (delivery) => {
    secret += delivery.length;
  });
  classifier.registerDrops(() => {
    throw new TypeError("no");
  });
  try {
    classifier.dispatch(batch(PUBLIC, SECRET, NOWHERE, SECRET));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, SinkError);
    assert.equal(
      (error as SinkError).failures.map(({ sink, error }) => [sink, (error as Error).message]),
      [
        ["public", "disk full"],
        ["dropped", "no"],
      ],
    );
    assert.is((error as SinkError).errors.length, 2);
  }
  assert.is(secret, 2);
  assert.is(classifier.stats().frames, 4);
  classifier.dispatch(batch(SECRET)); // and it goes on
  assert.is(secret, 3);
});

test("a sink that returns a promise is told that it can't", async () => {
  const classifier = createClassifier(POLICY);
  classifier.register("secret", (async () => {
    throw new Error("unseen");
  }) as never);
  assert.throws(() => classifier.dispatch(batch(SECRET)), /a sink is synchronous/);
});

test("a sink can't dispatch", () => {
  const classifier = createClassifier(POLICY);
  classifier.register("secret", () => classifier.dispatch(batch(PUBLIC)));
  assert.throws(() => classifier.dispatch(batch(SECRET)), /from inside a sink/);
  assert.is(classifier.stats().frames, 1);
});

test("what a sink was given is of no use once it has returned, a copy is", () => {
  const classifier = createClassifier(POLICY);
  let kept: Delivery | undefined;
  let cursor: DeliveredFrame | undefined;
  let copies: FrameCopy[] = [];
  classifier.register("secret", (delivery) => {
    kept = delivery;
    cursor = delivery.at(0);
    copies = delivery.toArray();
  });
  const packets = batch(SECRET, PUBLIC);
  classifier.dispatch(packets);
  assert.throws(() => cursor!.bytes, /until its sink returns/);
  assert.throws(() => kept!.at(0).verdict, /until its sink returns/);
  packets.bytes.fill(0);
  assert.equal(copies[0]!.bytes, SECRET);
  assert.equal(copies[0]!.frame, 1);
  assert.is(copies[0]!.verdict.partition, "secret");
  assert.throws(() => kept!.at(5), /frame 5 of 1/);
});

test("the cursor is one object, what iterating gives is not", () => {
  const classifier = createClassifier(POLICY);
  classifier.register("secret", (delivery) => {
    const first = delivery.at(0);
    assert.is(first.frame, 1);
    assert.is(delivery.at(1), first);
    assert.is(first.frame, 3);
    assert.equal(
      [...delivery].map(({ frame }) => frame),
      [1, 3],
    );
  });
  classifier.dispatch(batch(SECRET, PUBLIC, SECRET));
});

test("a delivered frame shows its times, lengths and verdict", () => {
  const classifier = createClassifier(POLICY);
  const seen: unknown[] = [];
  classifier.register("public", (delivery) => {
    assert.is(delivery.name, "public");
    for (const frame of delivery) {
      const { label, ...verdict } = frame.verdict;
      seen.push([
        frame.seconds,
        frame.nanoseconds,
        frame.wireLength,
        frame.capturedLength,
        frame.linkType,
        formatLabel(label!),
        verdict,
      ]);
    }
  });
  classifier.dispatch(
    batchOf([{ bytes: ethernet(PUBLIC, [7]), linkType: ETHERNET, wireLength: 99, seconds: 1000, nanoseconds: 5 }]),
  );
  const verdict = {
    partition: "public",
    binding: "web",
    copies: [],
    reason: null,
    offset: null,
    labelSource: "option",
    labelScheme: "cipso",
  };
  assert.equal(seen, [[1000, 5, 99, 18 + PUBLIC.length, ETHERNET, "1", verdict]]);
});

test("a verdict says where its label is from", () => {
  const classifier = createClassifier({ ...POLICY, control: "public" });
  const verdicts = classifier.verdicts(
    batch(
      PUBLIC,
      ipv4({ src: "203.0.113.1" }),
      ipv4({ src: "203.0.113.1", protocol: 2, ttl: 1, body: [0x11, 0, 0, 0, 0, 0, 0, 0] }),
      ipv6({ headers: [calipso(5, [0])] }),
      ipv4({ options: cipso(3, [50, 7]), protocol: 6, dport: 8080 }),
      ipv4({ options: [130, 3, 0x5a] }),
    ),
  );
  const shown = [...verdicts].map(({ labelSource, labelScheme, label, partition, reason }) => [
    labelSource,
    labelScheme,
    label === null ? null : formatLabel(label),
    partition ?? reason,
  ]);
  assert.equal(shown, [
    ["option", "cipso", "1", "public"],
    ["host", null, "1", "public"],
    ["exempt", null, null, "public"],
    ["option", "calipso", "5:0", "secret"],
    ["option", "cipso", "3:7,50", "secret"], // by its multilevel port; the policy has no such label
    [null, null, null, "RIPSO_NOT_MAPPED"],
  ]);
});

test("a RIPSO label is mapped by level and authorities", () => {
  const ripso: PolicyInput["ripso"] = { mode: "map", levels: { SECRET: 5 }, authorities: { GENSER: [0] } };
  const classifier = createClassifier({ ...POLICY, ripso });
  const packets = [
    [130, 4, 0x5a, 0x80],
    [130, 3, 0x5a],
    [130, 4, 0x96, 0x80],
  ].map((options) => ipv4({ options }));
  assert.equal(
    [...classifier.verdicts(batch(...packets))].map(
      ({ partition, labelScheme, reason }) => partition ?? [reason, labelScheme],
    ),
    ["secret", ["RIPSO_NOT_MAPPED", null], ["RIPSO_NOT_MAPPED", null]],
  );
});

test("a RIPSO option that the policy ignores is no label", () => {
  const classifier = createClassifier({ ...POLICY, ripso: { mode: "ignore" } });
  const packet = ipv4({ options: [130, 3, 0x5a, ...cipso(1)] });
  assert.is([...classifier.verdicts(batch(packet))][0]!.partition, "public");
});

test("one label is one partition in every form it travels in: CIPSO tags 1, 2 and 5, CALIPSO", () => {
  const wide: PolicyInput = {
    ...POLICY,
    templates: { ...POLICY.templates, peers: { type: "labelled", range: ["0", "9:0.65534"] } },
  };
  const partitions = ["3:0.3,100", "3:2047,2048", "3:2040.2050", "3:5000.5002,65534"].map((label, i) => ({
    name: `p${i}`,
    label,
  }));
  const classifier = createClassifier({
    ...wide,
    interfaces: [{ name: "net0", addresses: ["192.0.2.1", "2001:db8::1"] }],
    partitions,
  });
  const tag = (type: number, ...values: number[]): Uint8Array => {
    const octets = values.flatMap((value) => [value >> 8, value & 255]);
    return ipv4({ options: [134, 10 + octets.length, 0, 0, 0, 16, type, 4 + octets.length, 0, 3, ...octets] });
  };
  const packets = [
    [
      ipv4({ options: cipso(3, [0, 1, 2, 3, 100]) }),
      tag(2, 0, 1, 2, 3, 100),
      tag(5, 100, 100, 3, 0),
      tag(5, 100, 100, 3),
      ipv6({ headers: [calipso(3, [0, 1, 2, 3, 100])] }),
    ],
    [tag(2, 2047, 2048), tag(5, 2048, 2047), tag(5, 2048, 2048, 2047, 2047)],
    [
      tag(5, 2050, 2040),
      tag(5, 2050, 2045, 2044, 2040),
      tag(2, 2040, 2041, 2042, 2043, 2044, 2045, 2046, 2047, 2048, 2049, 2050),
    ],
    [
      tag(2, 5000, 5001, 5002, 65_534),
      tag(5, 65_534, 65_534, 5002, 5000),
      tag(5, 65_534, 65_534, 5002, 5002, 5001, 5000),
    ],
  ];
  for (const [i, forms] of packets.entries()) {
    const reached = [...classifier.verdicts(batch(...forms))].map(({ partition, reason }) => partition ?? reason);
    assert.equal(
      reached,
      forms.map(() => `p${i}`),
    );
  }
});

test("an IPv6 address that begins with the octets of an IPv4 one is another", () => {
  const classifier = createClassifier(POLICY);
  const packet = ipv6({ dst: "c000:201::", headers: [calipso(1)] }); // c0 00 02 01 is 192.0.2.1
  assert.is([...classifier.verdicts(batch(packet))][0]!.reason, "NOT_OURS");
});

test("stats count frames and octets by partition, binding and reason", () => {
  const classifier = createClassifier(POLICY);
  const empty = { frames: 0, bytes: 0 };
  const web = (count: number) => ({ frames: count, bytes: count * PUBLIC.length });
  classifier.dispatch(batch(PUBLIC, PUBLIC, NOWHERE));
  assert.equal(classifier.stats(), {
    frames: 3,
    bytes: 2 * PUBLIC.length + NOWHERE.length,
    delivered: web(2),
    dropped: { frames: 1, bytes: NOWHERE.length },
    copies: empty,
    displaced: { followed: 0, refused: 0 },
    partitions: {
      public: { ...web(2), bindings: { web: web(2), rest: empty } },
      secret: { ...empty, bindings: {} },
    },
    reasons: { NO_PARTITION: { frames: 1, bytes: NOWHERE.length } },
  });
});

test("octets are counted as they were on the wire", () => {
  const classifier = createClassifier(POLICY);
  classifier.dispatch(batchOf([{ bytes: SECRET, linkType: RAW, wireLength: 1500 }]));
  assert.is(classifier.stats().partitions.secret!.bytes, 1500);
});

test("a batch larger than the kernel's is judged whole, in order", () => {
  const classifier = createClassifier(POLICY);
  const packets = Array.from({ length: 10_001 }, (_, i) => (i % 3 === 0 ? SECRET : PUBLIC));
  const got: number[] = [];
  classifier.register("secret", (delivery) => {
    got.push(...framesOf(delivery));
  });
  classifier.dispatch(batch(...packets));
  assert.equal(
    got,
    packets.flatMap((packet, i) => (packet === SECRET ? [i + 1] : [])),
  );
  assert.is([...classifier.verdicts(batch(...packets))].length, packets.length);
});

test("a batch that its reader released is refused, not misread", () => {
  const chunks: Uint8Array[] = [];
  const writer = new PcapWriter((chunk) => chunks.push(chunk), { linkType: RAW });
  for (let i = 0; i < 5000; i++) writer.packet(SECRET, { seconds: i, nanoseconds: 0 });
  writer.flush();
  const classifier = createClassifier(POLICY);
  const batches = [...readCaptureSync(chunks)];
  assert.ok(batches.length > 1);
  assert.throws(() => classifier.dispatch(batches[0]!), /released/);
  assert.is(classifier.stats().frames, 0);
});

test("a bad policy is refused with all that is wrong, and makes nothing", () => {
  try {
    createClassifier({ ...POLICY, doi: 0, control: "nobody" });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, PolicyError);
    assert.equal(
      (error as PolicyError).problems.map(({ path }) => path),
      ["doi", "control"],
    );
  }
});

test("two classifiers share nothing", () => {
  const [a, b] = [createClassifier(POLICY), createClassifier(POLICY)];
  a.dispatch(batch(SECRET));
  assert.is(b.stats().frames, 0);
});

// Rule F across batches: the table is the classifier's.
test("the fragments of a datagram are followed from batch to batch", () => {
  const classifier = createClassifier(POLICY);
  const first = ipv4({ options: cipso(1), fragment: 0x2000 });
  const later = ipv4({ options: cipso(1), fragment: 1 });
  assert.equal(
    [later, first, later].map((packet) => {
      const [verdict] = classifier.verdicts(batch(packet));
      return verdict!.reason ?? verdict!.binding;
    }),
    ["FRAG_NO_FIRST", "web", "web"],
  );
});

test("explaining a frame changes and counts nothing, and knows the fragments seen so far", () => {
  const classifier = createClassifier(POLICY);
  const first = ipv4({ options: cipso(1), fragment: 0x2000 });
  const later = ipv4({ options: cipso(1), fragment: 1 });
  const explain = (packet: Uint8Array) => classifier.explain(packet, { linkType: RAW }).verdict;
  assert.is(explain(first).partition, "public");
  assert.is(explain(later).reason, "FRAG_NO_FIRST");
  classifier.dispatch(batch(first));
  assert.is(explain(later).partition, "public");
  assert.is(classifier.stats().frames, 1);
});

test.run();
