import { suite } from "uvu";
import * as assert from "uvu/assert";
import { importNetlabel } from "../ts/import/netlabel.ts";
import type { ImportReading } from "../ts/import/reading.ts";
import { formatLabel } from "../ts/label.ts";
import { parseLabel } from "../ts/notation.ts";
import { translate } from "../ts/policy/dois.ts";
import { MAX_TEMPLATES } from "../ts/policy/model.ts";
import { resolvePolicy } from "../ts/policy/read.ts";
import { notesOf, policyOf, script } from "./netlabels.ts";

const test = suite("netlabel policy");

const PASS = "cipso add pass doi:16 tags:1,2,5";
const TRANS = "cipso add trans doi:8 tags:1 levels:0=10,1=11 categories:0=1,1=0";
const CALIPSO = "calipso add pass doi:16";

const hostsOf = (...lines: readonly string[]): Readonly<Record<string, string>> => policyOf(script(...lines)).hosts;
const lost = (reading: ImportReading): string[] => notesOf(reading, "lost");

/** A label of the wire in local terms, as `doi level:categories`. */
function received(reading: ImportReading, doi: number, text: string): string | null {
  const { translations } = resolvePolicy(policyOf(reading));
  const label = translate(parseLabel(text, doi), translations);
  return label && `${label.doi} ${formatLabel(label)}`;
}

test("LOCAL=REMOTE: what the wire calls the right side is the left side here", () => {
  const reading = script(PASS, "cipso add trans doi:8 tags:1 levels:3=7 categories:20=40,21=41,5=6");
  assert.is(received(reading, 8, "7:40"), "16 3:20");
  assert.is(received(reading, 8, "7:6,40.41"), "16 3:5,20,21");
  assert.is(received(reading, 8, "3:20"), null);
  assert.is(received(reading, 8, "7:20"), null);
  assert.is(received(reading, 8, "7"), "16 3");
});

test("the example of netlabelctl's manual swaps two categories", () => {
  const reading = script("cipso add trans doi:8 tags:1 levels:0=0,1=1 categories:0=1,1=0");
  assert.is(received(reading, 8, "1:0"), "1 1:1");
  assert.is(received(reading, 8, "1:1"), "1 1:0");
});

test("labels that pass keep their numbers, whatever their DOI", () => {
  const reading = script(PASS, "cipso add pass doi:17 tags:1,2,5", "calipso add pass doi:18");
  assert.is(received(reading, 16, "5:0"), "16 5:0");
  assert.is(received(reading, 17, "5:0"), "16 5:0");
  assert.is(received(reading, 18, "255:65534"), "16 255:65534");
});

test("local labels are of the lowest DOI that passes, else of the lowest that the wire has not", () => {
  const doi = (...lines: readonly string[]): unknown => policyOf(script(...lines)).doi;
  assert.is(doi(), 1);
  assert.is(doi("cipso add pass doi:9 tags:1", "calipso add pass doi:7", "cipso add pass doi:8 tags:1"), 7);
  assert.is(doi(TRANS.replace("doi:8", "doi:1"), "cipso add pass doi:9 tags:1"), 9);
  assert.is(doi(TRANS.replace("doi:8", "doi:1"), TRANS.replace("doi:8", "doi:2")), 3);
  assert.is(doi("cipso add local doi:1"), 2);
});

test("categories that go up together become runs", () => {
  const pairs = Array.from({ length: 240 }, (_, i) => `${i}=${i}`);
  const { dois } = policyOf(
    script(`cipso add trans doi:8 tags:1 levels:0=0 categories:${pairs.reverse()},500=300,501=301`),
  );
  const translated = dois?.[8];
  assert.ok(translated?.mode === "translate");
  assert.equal(translated.categories, { "0.239": "0.239", "300.301": "500.501" });
});

test("numbers that are not one to one are left out, and labels with them have no counterpart", () => {
  const reading = script("cipso add trans doi:8 tags:1 levels:0=5,1=5,2=6,2=7,3=8 categories:0=1,1=1,2=2");
  assert.equal(lost(reading).slice(1), [
    "1:1 levels 0=5, 1=5, 2=6, 2=7 of DOI 8 are not one to one: labels with one of them are dropped",
    "1:1 categories 0=1, 1=1 of DOI 8 are not one to one: labels with one of them are dropped",
    "1:1 no map of the default domain is to DOI 8: nobody's labels of it are taken",
  ]);
  for (const text of ["5", "6", "7", "8:1"]) assert.is(received(reading, 8, text), null);
  assert.is(received(reading, 8, "8:2"), "1 3:2");
});

test("a pair that is written twice is one, with a warning", () => {
  const reading = script("cipso add trans doi:8 tags:1 levels:0=5,0=5");
  assert.equal(notesOf(reading, "warning"), ["1:41 0=5 stands here already"]);
  assert.is(received(reading, 8, "5"), "1 0");
});

test("only some of many pairs that are not one to one are listed", () => {
  const [note] = lost(
    script(`cipso add trans doi:8 tags:1 levels:${Array.from({ length: 11 }, (_, i) => `${i}=5`)},20=20`),
  ).slice(1);
  assert.match(note!, / levels 0=5, 1=5, 2=5, 3=5, 4=5, 5=5, 6=5, 7=5 and 3 more of DOI 8 /);
});

test("a DOI whose levels are all left out is left out, and its hosts may send nothing", () => {
  const reading = script(
    "cipso add trans doi:8 tags:1 levels:0=5,1=5",
    PASS,
    "map add default address:192.0.2.0/25 protocol:cipso,8",
    "map add default address:192.0.2.0/24 protocol:cipso,16",
  );
  const { dois, hosts } = policyOf(reading);
  assert.equal([dois, hosts], [{}, { "192.0.2.128/25": "cipso-16" }]);
  assert.ok(lost(reading).includes("3:1 DOI 8 is left out, so what hosts of 192.0.2.0/25 send is dropped"));
});

test("a local DOI has no counterpart: its loopback hosts may send nothing", () => {
  const reading = script(
    "cipso add local doi:9999",
    PASS,
    "map add default address:127.0.0.1/32 protocol:cipso,9999",
    "map add default address:127.0.0.0/31 protocol:cipso,16",
  );
  assert.equal(policyOf(reading).hosts, { "127.0.0.0/32": "cipso-16" });
  assert.is(
    lost(reading)[0],
    "1:1 labels of a local DOI (tag 128) travel inside one system only: DOI 9999 is left out",
  );
});

test("a DOI that CIPSO translates and CALIPSO passes is CIPSO's; it is of both when both pass", () => {
  const maps = ["map add default protocol:cipso,16", "map add default protocol:calipso,16"];
  assert.equal(hostsOf(PASS, CALIPSO, ...maps), { "0.0.0.0/0": "cipso-16", "::/0": "calipso-16" });
  const reading = script(TRANS.replace("doi:8", "doi:16"), CALIPSO, ...maps);
  assert.equal(policyOf(reading).hosts, { "0.0.0.0/0": "cipso-16" });
  assert.ok(lost(reading).some((note) => note.startsWith("2:1 a policy has one rule for a DOI")));
});

test("a list of tags that leaves one out is lost, and said", () => {
  const tags = (list: string): string[] =>
    lost(script(`cipso add pass doi:8 tags:${list}`, "map add default protocol:cipso,8"));
  assert.is(tags("1,2,5").length, 1);
  assert.is(tags("5,2,1").length, 1);
  assert.is(tags("1")[0], "1:1 tags of a DOI can't be chosen: labels of DOI 8 are taken in tag 2 and 5 too");
});

test("tables that netlabelctl ignores are ignored, with a warning", () => {
  const reading = script("cipso add pass doi:8 tags:1,2,5 levels:0=5 categories:1=2", "cipso add local doi:9 tags:1");
  assert.equal(notesOf(reading, "warning"), [
    "1:40 netlabelctl ignores this with pass; leave it out, or write trans",
    "1:55 netlabelctl ignores this with pass; leave it out, or write trans",
    "2:28 netlabelctl ignores this with local; leave it out, or write trans",
  ]);
  assert.is(received(reading, 8, "5:2"), "8 5:2");
});

test("a map's hosts send every label of its DOI, in its terms; the default is everybody of its IP version", () => {
  const { templates, hosts } = policyOf(script(PASS, TRANS, "map add default address:192.0.2.7/24 protocol:cipso,8"));
  assert.equal(hosts, { "192.0.2.0/24": "cipso-8" });
  assert.equal(templates, { "cipso-8": { type: "labelled", doi: 8, range: ["0", "255:0.65534"] } });
});

test("host bits behind a prefix count for nothing, with a warning", () => {
  const warnings = notesOf(script("map add default address:192.0.2.7/24 protocol:unlbl"), "warning");
  assert.equal(warnings, ["1:25 has host bits behind its prefix, which stands for 192.0.2.0/24"]);
});

test("what maps are taken for is said once, and a DOI without a map is said", () => {
  const reading = script(
    PASS,
    "cipso add pass doi:17 tags:1,2,5",
    "map add default address:192.0.2.0/25 protocol:cipso,16",
    "map add default address:192.0.2.128/25 protocol:cipso,16",
  );
  assert.equal(lost(reading), [
    "2:1 no map of the default domain is to DOI 17: nobody's labels of it are taken",
    "3:1 maps say how packets are sent; here they say who sends labels of their DOI, and nothing unlabelled. NetLabel takes labels of every DOI it knows, and no label, from anybody",
  ]);
});

test("maps of other domains are left out, each with a note, and open nothing", () => {
  const reading = script(
    PASS,
    "map add domain:ping_t protocol:cipso,16",
    "map add domain:httpd_t address:192.0.2.0/24 protocol:cipso,16",
    "map add domain:httpd_t address:2001:db8::/32 protocol:unlbl",
  );
  assert.equal(policyOf(reading).hosts, {});
  assert.equal(
    lost(reading).map((note) => note.split(":")[0]),
    ["1", "2", "3", "4"],
  );
  assert.match(lost(reading)[1]!, /the map of domain "ping_t" is left out: a policy has no LSM domains/);
});

test("a static entry is an unlabelled sender of its level: one template for each label", () => {
  const reading = script(
    "unlbl add default address:192.0.2.0/25 label:system_u:object_r:netlabel_peer_t:s3:c0,c2.c4",
    "unlbl add default address:192.0.2.128/25 label:user_u:object_r:other_t:s3:c4,c3,c2,c0,c0",
    "unlbl add default address:2001:db8::1 'label:u:r:t:s0'",
  );
  const { templates, hosts } = policyOf(reading);
  assert.equal(templates, {
    "unlbl-3:0,2.4": { type: "unlabelled", label: "3:0,2.4" },
    "unlbl-0": { type: "unlabelled", label: "0" },
  });
  assert.equal(hosts, {
    "192.0.2.0/25": "unlbl-3:0,2.4",
    "192.0.2.128/25": "unlbl-3:0,2.4",
    "2001:db8::1/128": "unlbl-0",
  });
  assert.equal(reading.notes, []);
});

test("of a range unlabelled packets get the low end, and the rest is lost", () => {
  const reading = script("unlbl add default address:192.0.2.0/24 label:u:r:t:s0:c1-s15:c0.c1023");
  assert.equal(policyOf(reading).hosts, { "192.0.2.0/24": "unlbl-0:1" });
  assert.equal(lost(reading), [
    '1:46 "u:r:t:s0:c1-s15:c0.c1023" is a range, of which unlabelled packets get the low end',
  ]);
});

test("levels and categories go as far as labels do; one that goes further is lost, with its hosts", () => {
  const entry = (level: string): ImportReading => script(`unlbl add default address:192.0.2.1 label:u:r:t:${level}`);
  assert.equal(policyOf(entry("s255:c65534")).hosts, { "192.0.2.1/32": "unlbl-255:65534" });
  for (const level of ["s256", "s0:c65535"]) {
    assert.equal(policyOf(entry(level)).hosts, {});
    assert.match(
      lost(entry(level))[0]!,
      /its level is no label here, .*: what hosts of 192.0.2.1\/32 send unlabelled is dropped/,
    );
  }
  assert.equal(policyOf(entry("s255-s256")).hosts, { "192.0.2.1/32": "unlbl-255" });
});

test("a label without a level is lost, and its hosts don't fall to the entry around them", () => {
  for (const label of ["foo", "_", "user_u:object_r:peer_t", "a::b:s0"]) {
    const reading = script(
      "unlbl add default address:192.0.2.0/24 label:u:r:t:s0",
      `unlbl add default address:192.0.2.128/26 label:${label}`,
    );
    assert.equal(policyOf(reading).hosts, { "192.0.2.0/25": "unlbl-0", "192.0.2.192/26": "unlbl-0" });
    assert.match(lost(reading)[0]!, /has no MLS level: a Smack label, or a context of a policy without MLS/);
  }
});

test("hosts without a template inside a prefix that has one are cut out of everything around", () => {
  assert.equal(
    hostsOf(
      "unlbl add default address:192.0.0.0/16 label:u:r:t:s0",
      "unlbl add default address:192.0.2.0/24 label:u:r:t:s1",
      "unlbl add default address:192.0.2.0/25 label:foo",
    )["192.0.2.128/25"],
    "unlbl-1",
  );
  const hosts = hostsOf(
    "unlbl add default address:192.0.2.0/24 label:u:r:t:s0",
    "unlbl add default address:192.0.2.0/25 label:foo",
    "unlbl add default address:192.0.2.128/25 label:u:r:t:s1",
    "unlbl add default address:192.0.2.128/26 label:foo",
  );
  assert.equal(hosts, { "192.0.2.192/26": "unlbl-1" });
});

test("the pieces around a hole in ::/0 leave IPv4-mapped prefixes out", () => {
  const hosts = hostsOf(
    "unlbl add default address:::/0 label:u:r:t:s0",
    "unlbl add default address:::fffe:0:0/96 label:foo",
  );
  assert.is(Object.keys(hosts).length, 95);
  assert.not.ok(Object.keys(hosts).some((text) => text.startsWith("::ffff:0")));
});

test("hosts of a map and of a static entry: at one prefix they are labelled, else the longer prefix wins", () => {
  const reading = script(
    PASS,
    "map add default address:192.0.2.0/24 protocol:cipso,16",
    "unlbl add default address:192.0.2.0/24 label:u:r:t:s0",
    "unlbl add default address:192.0.2.1 label:u:r:t:s1",
    "unlbl add default address:192.0.0.0/16 label:u:r:t:s2",
  );
  assert.equal(policyOf(reading).hosts, {
    "192.0.2.1/32": "unlbl-1",
    "192.0.2.0/24": "cipso-16",
    "192.0.0.0/16": "unlbl-2",
  });
  assert.ok(
    lost(reading).includes(
      "3:1 a map (line 4) says that hosts of 192.0.2.0/24 send labels: here what they send unlabelled is dropped",
    ),
  );
});

test("a map to unlbl opens nothing of its own: the static entry around it counts, and without one there is none", () => {
  const maps = [
    PASS,
    "map add default address:0.0.0.0/0 protocol:cipso,16",
    "map add default address:128.0.0.0/1 protocol:unlbl",
  ];
  assert.equal(hostsOf(...maps), { "0.0.0.0/1": "cipso-16" });
  assert.equal(hostsOf(...maps, "unlbl add default address:0.0.0.0/0 label:u:r:t:s0"), {
    "128.0.0.0/1": "unlbl-0",
    "0.0.0.0/0": "cipso-16",
  });
  assert.equal(hostsOf("map add default protocol:unlbl"), {});
});

test("an interface's entry is taken for its hosts, always with a warning", () => {
  const entry = "unlbl add interface:eth0 address:192.0.2.0/24 label:u:r:t:s1";
  const alone = script(entry);
  assert.equal(policyOf(alone).hosts, { "192.0.2.0/24": "unlbl-1" });
  const warning =
    '1:1 interface "eth0" is not tested for senders, only for destinations: hosts of 192.0.2.0/24 get the label 1 whatever interface their packets come by.';
  assert.equal(notesOf(alone, "warning"), [warning]);
  const beside = script(entry, "unlbl add default address:198.51.100.0/24 label:u:r:t:s2");
  assert.equal(notesOf(beside, "warning"), [
    `${warning} And NetLabel asks no default entry of packets that come by it.`,
  ]);
});

test("entries of several interfaces that agree are taken", () => {
  const hosts = hostsOf(
    "unlbl add interface:eth0 address:192.0.2.0/24 label:u:r:t:s1",
    "unlbl add interface:eth1 address:192.0.0.0/16 label:u:r:t:s1",
    "unlbl add default address:192.0.2.0/24 label:u:r:t:s1",
  );
  assert.equal(hosts, { "192.0.2.0/24": "unlbl-1", "192.0.0.0/16": "unlbl-1" });
});

test("an interface's entry that another label meets is left out, and its hosts get no other label", () => {
  const inner = script(
    "unlbl add default address:192.0.2.0/24 label:u:r:t:s0",
    "unlbl add interface:eth0 address:192.0.2.0/25 label:u:r:t:s5",
  );
  assert.equal(policyOf(inner).hosts, { "192.0.2.128/25": "unlbl-0" });
  assert.equal(lost(inner), [
    "2:1 another entry has another label for some of these hosts, and which interface a packet came by is not asked: what hosts of 192.0.2.0/25 send is dropped",
  ]);
  const outer = script(
    "unlbl add default address:192.0.2.0/25 label:u:r:t:s0",
    "unlbl add interface:eth0 address:192.0.2.0/24 label:u:r:t:s5",
  );
  assert.equal(policyOf(outer).hosts, {});
  assert.equal(
    lost(outer).map((note) => note.slice(0, 3)),
    ["1:1", "2:1"],
  );
  const devices = script(
    "unlbl add interface:eth0 address:192.0.2.0/24 label:u:r:t:s0",
    "unlbl add interface:eth1 address:192.0.2.1 label:u:r:t:s5",
    "unlbl add interface:eth1 address:198.51.100.0/24 label:u:r:t:s5",
  );
  assert.equal(policyOf(devices).hosts, { "198.51.100.0/24": "unlbl-5" });
});

test("entries of one interface inside each other are no contradiction", () => {
  const hosts = hostsOf(
    "unlbl add interface:eth0 address:192.0.2.0/24 label:u:r:t:s0",
    "unlbl add interface:eth0 address:192.0.2.0/25 label:u:r:t:s5",
  );
  assert.equal(hosts, { "192.0.2.0/25": "unlbl-5", "192.0.2.0/24": "unlbl-0" });
});

test(`senders have ${MAX_TEMPLATES} labels at most`, () => {
  const reading = (count: number): ImportReading => {
    const lines = Array.from({ length: count }, (_, i) => {
      const level = i === 65_535 ? "s1" : `s0:c${i}`;
      return `unlbl add default address:10.${i >> 16}.${(i >> 8) & 255}.${i & 255} label:u:r:t:${level}`;
    });
    return importNetlabel([{ name: "rules", text: lines.join("\n") }]);
  };
  assert.is(Object.keys(reading(MAX_TEMPLATES).policy?.templates ?? {}).length, MAX_TEMPLATES);
  const { policy, notes } = reading(MAX_TEMPLATES + 1);
  assert.is(policy, null);
  assert.ok(notes.some(({ severity, message }) => severity === "error" && message.includes("at most 65535 templates")));
});

test.run();
