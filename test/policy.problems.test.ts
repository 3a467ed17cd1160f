import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createClassifier } from "../ts/classifier.ts";
import { PolicyError } from "../ts/errors.ts";
import type { PolicyInput } from "../ts/policy/input.ts";
import { readResolved, resolvePolicy } from "../ts/policy/read.ts";
import { basePolicy, type Change, changed, type Keys, putAt } from "./policies.ts";

const test = suite("policy problems");

/** `path: message` of everything that is wrong. */
function problemsOf(input: unknown): string[] {
  const { policy, problems, warnings } = readResolved(input);
  assert.is(policy === null, problems.length > 0);
  if (policy === null) assert.equal(warnings, []);
  return problems.map(({ path, message }) => `${path}: ${message}`);
}

type Row = readonly [what: string, changes: readonly Change[], ...problems: string[]];
const at = (keys: Keys, value: unknown): Change => [keys, value];
const label0: Keys = ["partitions", 0, "label"];
const addresses: Keys = ["interfaces", 0, "addresses"];
const bindings: Keys = ["partitions", 0, "bindings"];
const multilevel: Keys = ["partitions", 0, "multilevelPorts"];
const set: Keys = ["templates", "peers", "set"];
const third = (more: object): Change => [["partitions", 2], { name: "third", label: "5:1", ...more }];
const host = (text: string, template: unknown = "peers"): Change => [["hosts", text], template];

// biome-ignore format: a table, a row a line
const SHAPE: readonly Row[] = [
  ["a number for the name", [at(["interfaces", 0, "name"], 5)], "interfaces[0].name: expected text, found 5"],
  ["a text for a switch", [at(["partitions", 0, "shared"], "no")], 'partitions[0].shared: expected true or false, found "no"'],
  ["null for a switch", [at(["partitions", 0, "shared"], null)], "partitions[0].shared: expected true or false, found null"],
  ["an object for a list", [at(["partitions"], {}), at(["control"], undefined), at(addresses, ["192.0.2.1"])], "partitions: expected a list, found an object"],
  ["a text for a list", [at(multilevel, "80/tcp")], 'partitions[0].multilevelPorts: expected a list, found "80/tcp"'],
  ["a number for a label", [at(label0, 5)], "partitions[0].label: expected text, found 5"],
  ["a number for a port", [at(bindings, [{ name: "web", ports: [80] }])], "partitions[0].bindings[0].ports[0]: expected text, found 80"],
  ["true for a DOI", [at(["doi"], true)], "doi: expected a number or text, found true"],
  ["an unknown profile", [at(["profile"], "lax")], 'profile: expected "strict" or "linux", found "lax"'],
  ["an unknown checksum", [at(["checksum"], true)], 'checksum: expected "verify" or "ignore", found true'],
  ["an unknown RIPSO mode", [at(["ripso"], { mode: "drop", levels: { SECRET: 5 } })], 'ripso.mode: expected "map" or "ignore", found "drop"'],
  ["an unknown type", [at(["templates", "outside", "type"], "unlabeled")], 'templates.outside.type: expected "labelled" or "unlabelled", found "unlabeled"'],
  ["an address that is a number", [at([...addresses, 0], 5)], "interfaces[0].addresses[0]: expected an address, or { address, partition }"],
  ["an owned address without an owner", [at([...addresses, 0], { address: "192.0.2.1" })], "interfaces[0].addresses[0]: expected an address, or { address, partition }"],
  ["an unknown key", [at(["patritions"], [])], "patritions: unknown key; known here: $schema, doi, profile, checksum, names, dois, ripso, interfaces, partitions, control, templates, hosts, live"],
  ["an unknown key inside", [at(["interfaces", 0, "adresses"], [])], "interfaces[0].adresses: unknown key; known here: name, device, vlan, doi, addresses, range"],
  ["a label for a labelled template", [at(["templates", "peers", "label"], "1")], "templates.peers.label: unknown key; known here: type, doi, range, set"],
  ["a range for an unlabelled template", [at(["templates", "outside", "range"], ["1", "5"])], "templates.outside.range: unknown key; known here: type, doi, label"],
  ["an unlabelled template without a label", [at(["templates", "outside", "label"], undefined)], "templates.outside.label: missing"],
  ["a partition without a label", [at(label0, undefined)], "partitions[0].label: missing"],
  ["no hosts", [at(["hosts"], undefined)], "hosts: missing"],
  ["a range of one label", [at(["interfaces", 0, "range"], ["1"])], "interfaces[0].range[1]: missing"],
  ["a name that stands for a text", [at(["names", "levels", "HIGH"], "9")], 'names.levels.HIGH: expected a number, or { value, short, alternates, categories }'],
  ["a host without a template", [host("10.0.0.0/8", null)], 'hosts["10.0.0.0/8"]: expected text, found null'],
];

// biome-ignore format: a table, a row a line
const VALUES: readonly Row[] = [
  ["DOI 0", [at(["doi"], 0)], "doi: DOI 0: expected 1 to 4294967295; 0 is reserved"],
  ["a DOI past the last", [at(["partitions", 0, "doi"], 4294967296)], "partitions[0].doi: DOI 4294967296: expected 1 to 4294967295"],
  ["a DOI that is no number", [at(["templates", "peers", "doi"], "sixteen")], 'templates.peers.doi: "sixteen" is no DOI: expected 1 to 4294967295, or four octets a:b:c:d'],
  ["a level past the last", [at(label0, "256")], "partitions[0].label: level 256: expected 0 to 255"],
  ["a category past the last", [at([...set, 0], "9:65535")], "templates.peers.set[0]: category 65535: expected 0 to 65534"],
  ["an unknown name", [at(label0, "PUBLIC ALFA")], 'partitions[0].label: "ALFA" is no category: expected ALPHA, BRAVO'],
  ["an unknown name in a range", [at(["interfaces", 0, "range", 0], "LOW")], 'interfaces[0].range[0]: "LOW" is no level: expected PUBLIC, SECRET, TOP SECRET, or a number form as 5:0,2.4'],
  ["a name of 65 characters", [at(["partitions", 0, "name"], "n".repeat(65)), at(["control"], undefined)], "partitions[0].name: 65 characters: at most 64"],
  ["a name of 17 words", [at(["names", "levels", "A B C D E F G H I J K L M N O P Q"], 7)], 'names.levels["A B C D E F G H I J K L M N O P Q"]: more than 16 words'],
  ["two names that are one to Unicode", [at(["names", "levels", "\u00c9LEV\u00c9"], 2), at(["names", "levels", "E\u0301LEVE\u0301"], 9)], 'names.levels["E\u0301LEVE\u0301"]: the same name again, in other letters'],
  ["a name with an invisible character", [at(["names", "levels", "PUBLIC\u200b"], 9)], `names.levels["PUBLIC\u200b"]: has a character that can't be seen`],
  ["a template with an invisible character", [at(["templates", "peers\u200b"], { type: "unlabelled", label: "1" })], `templates["peers\u200b"]: has a character that can't be seen`],
  ["a RIPSO level twice", [at(["ripso"], { mode: "map", levels: { SECRET: 5, Secret: 1 } })], "ripso.levels.Secret: the same level again, in other letters"],
  ["an address that is the broadcast of another", [at([...addresses, 2, "address"], "192.0.2.255")], "interfaces[0].addresses[2]: 192.0.2.255 is the broadcast of interfaces[0].addresses[0]"],
  ["a range upside down", [at(["interfaces", 0, "range"], ["5", "1"])], "interfaces[0].range: 1 does not dominate 5: no label is in this range"],
  ["a range of incomparable ends", [at(["templates", "peers", "range"], ["1:0", "5:1"])], "templates.peers.range: 5:1 does not dominate 1:0: no label is in this range"],
  ["a level's value past the last", [at(["names", "levels", "TOP SECRET"], 256)], 'names.levels["TOP SECRET"]: expected 0 to 255'],
  ["a level's value with a fraction", [at(["names", "levels", "TOP SECRET"], 1.5)], 'names.levels["TOP SECRET"]: expected 0 to 255'],
  ["a category's value past the last", [at(["names", "categories", "C"], 65535)], "names.categories.C: expected 0 to 65534"],
  ["a name like a number", [at(["names", "levels", "5 EYES"], 5)], 'names.levels["5 EYES"]: "5 EYES" would be read as a number; begin with a letter'],
  ["a name like SELinux's", [at(["names", "categories", "s0"], 5)], 'names.categories.s0: "s0" would be read as a number; begin with a letter'],
  ["a name of nothing", [at(["names", "levels", " "], 5)], 'names.levels[" "]: an empty name'],
  ["a name in other letters", [at(["names", "levels", "top  secret"], 9)], 'names.levels["top  secret"]: the same name again, in other letters'],
  ["a Kelvin sign for a K", [at(["names", "categories"], { ALPHA: 0, BRAVO: 1, K: 2, "\u212a": 3 })], 'names.categories["\u212a"]: the same name again, in other letters'],
  ["no address", [at([...addresses, 0], "localhost")], 'interfaces[0].addresses[0]: "localhost" is no address: expected 192.0.2.1 or 2001:db8::1'],
  ["a prefix too long", [at([...addresses, 0], "192.0.2.1/33")], 'interfaces[0].addresses[0]: "192.0.2.1/33": expected a prefix length of 0 to 32'],
  ["a multicast address", [at([...addresses, 0], "224.0.0.1")], "interfaces[0].addresses[0]: not the address of a host"],
  ["an IPv6 multicast address", [at([...addresses, 0], "ff02::1")], "interfaces[0].addresses[0]: not the address of a host"],
  ["the limited broadcast", [at([...addresses, 2, "address"], "255.255.255.255")], "interfaces[0].addresses[2].address: not the address of a host"],
  ["the address of nobody", [at([...addresses, 0], "0.0.0.0")], "interfaces[0].addresses[0]: not the address of a host"],
  ["the IPv6 address of nobody", [at([...addresses, 0], "::/64")], "interfaces[0].addresses[0]: not the address of a host"],
  ["an unknown owner", [at([...addresses, 2, "partition"], "Secret")], "interfaces[0].addresses[2].partition: no partition has this name"],
  ["an unknown control partition", [at(["control"], "nobody")], "control: no partition has this name"],
  ["an unknown template", [host("10.0.0.0/8", "Peers")], 'hosts["10.0.0.0/8"]: no template has this name'],
  ["a template of another object's", [host("10.0.0.0/8", "toString")], 'hosts["10.0.0.0/8"]: no template has this name'],
  ["host bits in a prefix (F-04)", [host("10.0.0.1/8")], 'hosts["10.0.0.1/8"]: has host bits behind its prefix; write 10.0.0.0/8'],
  ["host bits in an IPv6 prefix (F-04)", [host("2001:db9::1/32")], 'hosts["2001:db9::1/32"]: has host bits behind its prefix; write 2001:db9::/32'],
  ["a prefix too long (F-04)", [host("10.0.0.0/33")], 'hosts["10.0.0.0/33"]: "10.0.0.0/33": expected a prefix length of 0 to 32'],
  ["a prefix of 10/8 (F-02)", [host("10/8")], 'hosts["10/8"]: "10" is no address: expected 192.0.2.1 or 2001:db8::1'],
  ["a template without range and set", [at(["templates", "peers"], { type: "labelled", set: [] })], "templates.peers: a labelled template needs a range or a set: without either its hosts may send nothing"],
  ["no name", [at(["partitions", 0, "name"], ""), at(["control"], undefined)], 'partitions[0].name: expected letters, digits, ".", "_" and "-", a letter or digit first'],
  ["a name with a slash", [at(["interfaces", 0, "name"], "a/b")], 'interfaces[0].name: expected letters, digits, ".", "_" and "-", a letter or digit first'],
  ["a name that climbs", [at(["interfaces", 0, "name"], "..")], 'interfaces[0].name: expected letters, digits, ".", "_" and "-", a letter or digit first'],
  ["a name of other letters", [at(["interfaces", 0, "name"], "n\u0435t0")], 'interfaces[0].name: expected letters, digits, ".", "_" and "-", a letter or digit first'],
  ["a name with a newline", [at([...bindings, 0, "name"], "web\n")], 'partitions[0].bindings[0].name: expected letters, digits, ".", "_" and "-", a letter or digit first'],
  ["the name of the drops", [at(["partitions", 0, "name"], "Dropped"), at(["control"], undefined)], 'partitions[0].name: "dropped" is where drops go; choose another name'],
  ["ports of nothing", [at(multilevel, ["80"])], 'partitions[0].multilevelPorts[0]: "80": expected port/protocol as 80/tcp, 6000-6003/udp or */icmp'],
  ["ports of a protocol without", [at([...bindings, 0, "ports"], ["80/icmp"])], 'partitions[0].bindings[0].ports[0]: "80/icmp": icmp has no ports; write */icmp'],
  ["a RIPSO level of another kind", [at(["ripso"], { mode: "map", levels: { SECRET: 5, TOP: 9 } })], 'ripso.levels.TOP: "TOP" is no RIPSO level: expected Top Secret, Secret, Confidential, Unclassified'],
  ["a RIPSO level past the last", [at(["ripso"], { mode: "map", levels: { SECRET: 256 } })], "ripso.levels.SECRET: expected a level, 0 to 255 or a name of names.levels", 'ripso.levels: mode "map" needs levels: { "SECRET": 5, … }'],
  ["a RIPSO level of no name", [at(["ripso"], { mode: "map", levels: { SECRET: "5", UNCLASSIFIED: 1 } })], "ripso.levels.SECRET: expected a level, 0 to 255 or a name of names.levels"],
  ["an unknown authority", [at(["ripso"], { mode: "map", levels: { SECRET: 5 }, authorities: { "NSA+CIA": [] } })], 'ripso.authorities["NSA+CIA"]: "CIA" is no authority: expected GENSER, SIOP-ESI, SCI, NSA, DOE joined by +, or NONE'],
  ["one combination twice", [at(["ripso"], { mode: "map", levels: { SECRET: 5 }, authorities: { "NSA+DOE": [], "doe+nsa": [1] } })], 'ripso.authorities["doe+nsa"]: the same combination as "NSA+DOE"'],
  ["an authority's category past the last", [at(["ripso"], { mode: "map", levels: { SECRET: 5, "TOP SECRET": 6 }, authorities: { DOE: [65535] } })], "ripso.authorities.DOE: category 65535–65535: expected 0 to 65534"],
  ["a format code past the last", [at(["ripso"], { mode: "map", levels: { SECRET: 5 }, formats: [5, 256] })], "ripso.formats[1]: expected a format code, 0 to 255"],
  ["RIPSO ignored and mapped", [at(["ripso"], { mode: "ignore", doi: 3, formats: [5] })], 'ripso.formats: means nothing in mode "ignore"; leave it out', 'ripso.doi: means nothing in mode "ignore"; leave it out'],
  ["RIPSO mapped where it is not read", [at(["ripso"], { mode: "map", levels: { SECRET: 5 } }), at(["profile"], "linux")], 'ripso: profile "linux" reads no RIPSO label; leave ripso out or choose profile "strict"'],
];

const sharedLabel =
  'partitions[2].label: the label is that of partitions[1].label; on shared addresses a label is one partition\'s ("shared": false keeps one off)';
const twoNets = (second: object): Change => [
  ["interfaces", 1],
  { name: "net1", addresses: ["198.18.0.1"], range: ["1", "5"], ...second },
];
const bound = (...list: readonly object[]): Change => [bindings, list.map((item, i) => ({ name: `b${i}`, ...item }))];

// biome-ignore format: a table, a row a line
const FIT: readonly Row[] = [
  ["a label twice (P-14, Z-01)", [third({ label: "5:0" })], sharedLabel],
  ["a label twice, in SELinux's notation", [third({ label: "s5:c0" })], sharedLabel],
  ["a label twice, in hexadecimal", [third({ label: "0x0005-08-80" })], sharedLabel],
  ["a label twice, by name", [third({ label: " secret  Alpha alpha" })], sharedLabel],
  ["a label twice, its DOI in octets", [third({ label: "5:0", doi: "0:0:0:16" })], sharedLabel],
  ["a partition's name twice, in other case", [third({ name: "Secret" })], "partitions[2].name: the name is taken by partitions[1].name; names that differ in case only count as one"],
  ["an interface's name twice", [twoNets({ name: "net0" })], "interfaces[1].name: the name is taken by interfaces[0].name; names that differ in case only count as one"],
  ["a binding's name twice (P-05)", [at([...bindings, 1, "name"], "web")], "partitions[0].bindings[1].name: the name is taken by partitions[0].bindings[0].name; names that differ in case only count as one"],
  ["an address twice", [twoNets({ addresses: ["192.0.2.1"] })], "interfaces[1].addresses[0]: the address is at interfaces[0].addresses[0] already; an address is on one interface"],
  ["an address twice, shared and owned", [at([...addresses, 3], "192.0.2.9/24")], "interfaces[0].addresses[3]: the address is at interfaces[0].addresses[2] already; an address is on one interface"],
  ["an address twice, in other words", [at([...addresses, 3], "2001:DB8:0:0::0001/64")], "interfaces[0].addresses[3]: the address is at interfaces[0].addresses[1] already; an address is on one interface"],
  ["a broadcast on two interfaces", [twoNets({ addresses: ["192.0.2.200/25"] })], "interfaces[1].addresses[0]: its broadcast 192.0.2.255 is that of interfaces[0].addresses[0] too"],
  ["no address at all", [at(addresses, [])], "interfaces: no interface has an address: nothing would be ours"],
  ["a multilevel port of two partitions (F-23)", [third({ multilevelPorts: ["8080/tcp"] })], "partitions[2].multilevelPorts[0]: overlaps 8080/tcp of partitions[1].multilevelPorts[0]"],
  ["multilevel ports that overlap (F-23)", [third({ multilevelPorts: ["443/tcp", "6003-6010/6"] })], "partitions[2].multilevelPorts[1]: overlaps 6000-6003/tcp of partitions[1].multilevelPorts[1]"],
  ["multilevel ports that overlap in one partition (F-23)", [at(["partitions", 1, "multilevelPorts"], ["80/tcp", "1-100/tcp"])], "partitions[1].multilevelPorts[1]: overlaps 80/tcp of partitions[1].multilevelPorts[0]"],
  ["every port multilevel", [at(multilevel, ["*/udp"])], "partitions[0].multilevelPorts[0]: */udp: name the ports; a multilevel port is one or a range"],
  ["a multilevel port that nothing bounds", [at(["interfaces", 0, "range"], undefined)], "interfaces[0].range: needed: it bounds the labels that reach the multilevel ports of secret"],
  ["a private multilevel port that nothing bounds", [at(["partitions", 1, "privateMultilevelPorts"], ["80/tcp"]), twoNets({ addresses: [{ address: "198.18.0.1", partition: "secret" }], range: undefined })], "interfaces[1].range: needed: it bounds the labels that reach the multilevel ports of secret"],
  ["ICMP of other labels that nothing bounds (F-22)", [at(["partitions", 1, "icmp"], "range"), at(["partitions", 1, "multilevelPorts"], undefined), at(["interfaces", 0, "range"], undefined)], "interfaces[0].range: needed: it bounds the labels that reach the ICMP of secret"],
  ["a shared multilevel port kept off shared addresses (D-02)", [third({ shared: false, multilevelPorts: ["9/tcp"] })], "partitions[2].multilevelPorts: ports of shared addresses, which this partition is kept off; write privateMultilevelPorts"],
  ["private multilevel ports that overlap (F-23)", [at(["partitions", 1, "privateMultilevelPorts"], ["80/tcp", "1-100/tcp"])], "partitions[1].privateMultilevelPorts[1]: overlaps 80/tcp of partitions[1].privateMultilevelPorts[0]"],
  ["lower labels taken on a port that another binds (B-02)", [bound({ ports: ["9/udp"], acceptLower: true }), third({ bindings: [{ name: "x", ports: ["1-10/udp"] }] })], "partitions[0].bindings[0].ports[0]: takes lower labels, and partitions[2].bindings[0].ports[0] binds 1-10/udp: no other partition may"],
  ["lower labels taken on a port by two (B-02)", [bound({ ports: ["9/udp"], acceptLower: true }), third({ bindings: [{ name: "x", ports: ["9/udp"], acceptLower: true, address: "192.0.2.1" }] })], "partitions[2].bindings[0].ports[0]: takes lower labels, and partitions[0].bindings[0].ports[0] binds 9/udp: no other partition may"],
  ["lower labels taken of a protocol without ports that another binds (B-06)", [bound({ ports: ["*/89"], acceptLower: true }), third({ bindings: [{ name: "x", ports: ["*/ospf"] }] })], "partitions[0].bindings[0].ports[0]: takes lower labels, and partitions[2].bindings[0].ports[0] binds */ospf: no other partition may"],
  ["lower labels taken on no port", [bound({ acceptLower: true })], "partitions[0].bindings[0].acceptLower: takes lower labels on ports that it names; give it ports"],
  ["lower labels taken off shared addresses", [bound({ ports: ["9/udp"], acceptLower: true }), at(["partitions", 0, "shared"], false)], "partitions[0].bindings[0].acceptLower: takes lower labels on shared addresses, which this partition is kept off"],
  ["a group that is an address", [at(["partitions", 0, "groups"], ["192.0.2.1"])], "partitions[0].groups[0]: expected a multicast address; broadcasts reach every partition of the interface"],
  ["a broadcast joined", [at(["partitions", 0, "groups"], ["255.255.255.255"])], 'partitions[0].groups[0]: expected a multicast address; broadcasts reach every partition of the interface'],
  ["a group joined twice", [at(["partitions", 0, "groups"], ["ff02::fb", "FF02:0::FB"])], "partitions[0].groups[1]: has joined the group at partitions[0].groups[0] already"],
  ["a group on an interface that is not there", [at(["partitions", 0, "groups"], [{ address: "ff02::fb", interface: "net9" }])], 'partitions[0].groups[0].interface: no interface has this name'],
  ["a VLAN that is none", [at(["interfaces", 0, "vlan"], 4095)], "interfaces[0].vlan: expected 1 to 4094, or 0 for untagged frames"],
  ["a DOI to translate that is none", [at(["dois"], { "0": { mode: "pass" } })], 'dois["0"]: DOI 0: expected 1 to 4294967295; 0 is reserved'],
  ["a DOI twice", [at(["dois"], { "8": { mode: "pass" }, "08": { mode: "pass" } })], 'dois["08"]: the same DOI again, written differently'],
  ["a translation without levels", [at(["dois"], { "8": { mode: "translate", levels: {} } })], 'dois["8"].levels: no level has a counterpart: every label of this DOI would be dropped'],
  ["a level that is none, on either side", [at(["dois"], { "8": { mode: "translate", levels: { "256": 1, "1": 256, "2": "NOBODY" } } })], 'dois["8"].levels["1"]: expected a level, 0 to 255 or a name of names.levels', 'dois["8"].levels["2"]: expected a level, 0 to 255 or a name of names.levels', 'dois["8"].levels["256"]: "256" is no level: expected 0 to 255'],
  ["two levels with one counterpart", [at(["dois"], { "8": { mode: "translate", levels: { "1": 1, "2": "PUBLIC" } } })], 'dois["8"].levels["2"]: 1 is the counterpart of 1 already'],
  ["a category above 2047 translated", [at(["dois"], { "8": { mode: "translate", levels: { "1": 1 }, categories: { "2047": "2047", "2046": 2048, "2048": 0 } } })], 'dois["8"].categories["2046"]: expected a category, a run a.b or a name of names.categories, 0 to 2047', 'dois["8"].categories["2048"]: "2048": expected a category or a run a.b, 0 to 2047'],
  ["runs of different lengths translated", [at(["dois"], { "8": { mode: "translate", levels: { "1": 1 }, categories: { "0.3": "4.6" } } })], 'dois["8"].categories["0.3"]: 4 categories stand for 3'],
  ["a category with two counterparts", [at(["dois"], { "8": { mode: "translate", levels: { "1": 1 }, categories: { "0.3": "4.7", "3": 9 } } })], 'dois["8"].categories["0.3"]: 3 has a counterpart already'],
  ["a default label without counterpart", [at(["dois"], { "16": { mode: "translate", to: 17, levels: { "5": 5 } } })], 'templates.outside.label: has no counterpart: dois[16] does not name all of it'],
  ["a port bound twice (B-01, P-05)", [bound({ ports: ["80/tcp"] }, { ports: ["80/tcp"] })], "partitions[0].bindings[1].ports[0]: overlaps 80/tcp of partitions[0].bindings[0].ports[0]"],
  ["a port bound twice, by number (B-01)", [bound({ ports: ["70-80/6"] }, { ports: ["80-90/TCP"] })], "partitions[0].bindings[1].ports[0]: overlaps 70-80/tcp of partitions[0].bindings[0].ports[0]"],
  ["a port bound on an address and on any (B-01)", [bound({ ports: ["80/tcp"], address: "192.0.2.1" }, { ports: ["*/tcp"] })], "partitions[0].bindings[1].ports[0]: overlaps 80/tcp of partitions[0].bindings[0].ports[0]"],
  ["a port bound twice in one binding", [bound({ ports: ["80/tcp", "80/tcp"] })], "partitions[0].bindings[0].ports[1]: overlaps 80/tcp of partitions[0].bindings[0].ports[0]"],
  ["the rest taken twice", [bound({}, {})], "partitions[0].bindings[1]: takes the rest, as partitions[0].bindings[0] does already; give it ports"],
  ["the rest of an address taken twice", [bound({ address: "2001:db8::1" }, { address: "2001:DB8::0:1" })], "partitions[0].bindings[1]: takes the rest, as partitions[0].bindings[0] does already; give it ports"],
  ["bound to an address of nobody", [bound({ address: "192.0.2.2" })], "partitions[0].bindings[0].address: no interface has 192.0.2.2"],
  ["bound to a prefix", [bound({ address: "192.0.2.1/24" })], 'partitions[0].bindings[0].address: "192.0.2.1/24" is no address: expected 192.0.2.1 or 2001:db8::1'],
  ["bound to another's address", [bound({ address: "192.0.2.9" })], "partitions[0].bindings[0].address: 192.0.2.9 is owned by secret"],
  ["bound to a shared address and not shared", [bound({ address: "192.0.2.1" }), at(["partitions", 0, "shared"], false)], "partitions[0].bindings[0].address: 192.0.2.1 is shared, and this partition is not"],
  ["a prefix twice", [host("198.51.100.0/024")], 'hosts["198.51.100.0/024"]: the prefix stands at hosts["198.51.100.0/24"] already'],
  ["a prefix twice, in other words", [host("2001:0DB8:0::/32", "outside")], 'hosts["2001:0DB8:0::/32"]: the prefix stands at hosts["2001:db8::/32"] already'],
  ["an address twice, with its length and without", [host("10.0.0.1"), host("10.0.0.1/32", "outside")], 'hosts["10.0.0.1/32"]: the prefix stands at hosts["10.0.0.1"] already'],
];

for (const [what, changes, ...problems] of [...SHAPE, ...VALUES, ...FIT]) {
  test(`refused: ${what}`, () => {
    assert.equal(problemsOf(changed(...changes)), problems);
  });
}

const NO_POLICIES: readonly (readonly [value: unknown, found: string])[] = [
  [undefined, "nothing"],
  [null, "null"],
  [5, "5"],
  ["{}", '"{}"'],
  [true, "true"],
  [[], "a list"],
];

for (const [value, found] of NO_POLICIES) {
  test(`${JSON.stringify(value)} is no policy`, () => {
    assert.equal(problemsOf(value), [`: expected a policy, { "doi": … }, found ${found}`]);
    assert.throws(
      () => resolvePolicy(value as PolicyInput),
      (error: unknown) => error instanceof PolicyError,
    );
  });
}

// What a schema library may let pass: values that are objects but not of the kind, and keys that JavaScript treats in a
// way of its own.
const NO_RECORDS: readonly (readonly [keys: Keys, value: unknown])[] = [
  [["hosts"], ["peers"]],
  [["names"], []],
  [["names", "levels"], [5]],
  [["templates"], []],
  [["hosts"], new Map([["10.0.0.0/8", "peers"]])],
];

for (const [keys, value] of NO_RECORDS) {
  const path = keys.join(".");
  test(`refused: no object of JSON's at ${path}: ${value instanceof Map ? "a map" : JSON.stringify(value)}`, () => {
    const { problems } = readResolved(changed([keys, value]));
    assert.ok(
      problems.some((problem) => problem.path === path),
      `${problems.map((problem) => problem.path)}`,
    );
  });
}

const SPECIAL = ["__proto__", "constructor", "prototype"];
const HOLDERS: readonly Keys[] = [
  [],
  ["names"],
  ["names", "levels"],
  ["names", "categories"],
  ["interfaces", 0],
  ["interfaces", 0, "addresses", 2],
  ["partitions", 0],
  ["partitions", 0, "bindings", 0],
  ["templates"],
  ["templates", "peers"],
  ["hosts"],
];

for (const key of SPECIAL) {
  test(`refused: ${key} as a key, wherever it stands, and nothing is polluted`, () => {
    for (const holder of HOLDERS) {
      for (const value of [{ type: "labelled", range: ["0", "9"], polluted: true }, { polluted: 1 }, "peers", 5]) {
        const input = JSON.parse(JSON.stringify(basePolicy()));
        putAt(input, [...holder, key], value);
        const found = readResolved(JSON.parse(JSON.stringify(input)));
        assert.is(found.policy, null, `${holder.join(".")}.${key}`);
        assert.ok(
          found.problems.some(({ keys }) => keys.at(-1) === key),
          JSON.stringify(found.problems),
        );
        assert.is(Reflect.get({}, "polluted"), undefined);
      }
    }
  });
}

test("every mistake is reported at once, those of shape and those of meaning", () => {
  const input = changed(
    at(["doi"], "0:0:0:16:0"),
    at(["profile"], "lax"),
    at(["colour"], "red"),
    at(["names", "levels", "5"], 5),
    at(["interfaces", 0, "doi"], 16),
    at(["interfaces", 0, "range"], ["5:0", "1"]),
    at([...addresses, 0], "192.0.2.256"),
    at([...addresses, 2, "partition"], "nobody"),
    at(["partitions", 0, "name"], "no name"),
    at(["partitions", 0, "doi"], 16),
    at(label0, "PUBIC"),
    at(["partitions", 1, "multilevelPorts"], ["8080/tcp", "1-8080/tcp", "5"]),
    at(["control"], "elsewhere"),
    at(["templates", "peers"], { type: "labelled" }),
    at(["templates", "other"], { type: "other" }),
    host("10.0.0.1/8"),
    host("10.0.0.0/8", "nowhere"),
    at(["ripso"], { mode: "map", doi: 16, levels: { TOP: 1 } }),
  );
  const paths = [
    "colour",
    "control",
    "doi",
    'hosts["10.0.0.0/8"]',
    'hosts["10.0.0.1/8"]',
    "interfaces[0].addresses[0]",
    "interfaces[0].addresses[2].partition",
    "interfaces[0].range",
    'names.levels["5"]',
    "partitions[0].label",
    "partitions[0].name",
    "partitions[1].multilevelPorts[1]",
    "partitions[1].multilevelPorts[2]",
    "profile",
    "ripso.levels",
    "ripso.levels.TOP",
    "templates.other.type",
    "templates.peers",
  ];
  const { problems } = readResolved(input);
  assert.equal(problems.map(({ path }) => path).sort(), paths);
  try {
    createClassifier(input);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, PolicyError);
    const { message, problems: listed } = error as PolicyError;
    assert.equal(listed, problems);
    assert.match(message, /^the policy has 18 problems:\n/);
    for (const { path, message: text } of problems) assert.ok(message.includes(`\n  ${path}: ${text}`), path);
  }
});

test("a partition's name may have 64 characters", () => {
  assert.equal(problemsOf(changed(at(["partitions", 0, "name"], "n".repeat(64)), at(["control"], undefined))), []);
});

test("a name may have 16 words", () => {
  const name = "A B C D E F G H I J K L M N O P";
  assert.equal(problemsOf(changed(at(["names", "levels", name], 2), at(label0, `${name} ALPHA`))), []);
});

test("one problem is announced as one, and the policy as a whole by its name", () => {
  assert.is(
    new PolicyError([{ path: "", keys: [], message: "bad" }]).message,
    "the policy has a problem:\n  policy: bad",
  );
});

test("a DOI that can't be read hides no other mistake of its labels", () => {
  for (const doi of [0, undefined, "x"]) {
    const found = problemsOf(changed(at(["doi"], doi), at(label0, "PUBIC"), at([...set, 0], "9:70000")));
    for (const path of ["doi", "partitions[0].label", "templates.peers.set[0]"]) {
      assert.ok(
        found.some((text) => text.startsWith(`${path}: `)),
        `${doi}: ${path} in ${found}`,
      );
    }
  }
});

test("a range of three labels is told what a range is", () => {
  const [problem] = problemsOf(changed(at(["interfaces", 0, "range"], ["1", "5", "6"])));
  assert.not.match(problem ?? "never", /never/);
});

test("ports that overlap are reported once each, not once for every pair", () => {
  const ports = new Array<string>(60).fill("80/tcp");
  assert.is(problemsOf(changed(at(multilevel, ports))).length, 59);
});

test.run();
