// Zones (F-20 to F-24), and the partitions they become.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { PartitionInput } from "../ts/policy/input.ts";
import { MAX_PARTITIONS } from "../ts/policy/model.ts";
import { briefly, GLOBAL, HIGH_CATEGORY, HIGH_LEVEL, imported, notesOf } from "./importing.ts";

const test = suite("import, tnzonecfg");

/** The partitions behind `global`. */
function zonesOf(tnzonecfg: string): readonly PartitionInput[] {
  const { policy, notes } = imported({ tnzonecfg: GLOBAL + tnzonecfg });
  assert.ok(policy, JSON.stringify(notes));
  return policy.partitions.slice(1);
}

/** Notes of what stands behind `global`; its first line is line 2. */
function notesBehindGlobal(tnzonecfg: string): string[] {
  return notesOf({ tnzonecfg: GLOBAL + tnzonecfg });
}

test("F-20: the zone that Trusted Extensions is installed with", () => {
  const ports = "111/tcp;111/udp;500/udp;4500/udp;515/tcp;631/tcp;2049/tcp;6000-6003/tcp";
  const { policy, notes } = imported({
    tnzonecfg: `global:ADMIN_LOW:1:${ports}:6000-6003/tcp;500/udp;4500/udp\n`,
  });
  assert.equal(notes, []);
  assert.equal(policy?.partitions, [
    {
      name: "global",
      label: "0",
      multilevelPorts: ["6000-6003/tcp", "500/udp", "4500/udp"],
      privateMultilevelPorts: ports.split(";"),
      icmp: "range",
    },
  ]);
  assert.is(policy?.control, "global");
});

test("F-20: an empty last field is legal, and text behind white space is not read", () => {
  const public_: PartitionInput = { name: "public", label: "2:4", privateMultilevelPorts: ["8080/tcp"] };
  for (const rest of [":", ": # comment", ":# comment", ": anything:at:all"]) {
    assert.equal(zonesOf(`public:0x0002-08-08:0:8080/tcp${rest}\n`), [public_], rest);
  }
});

test("F-20: protocols by name in any case or by number from 1 to 255", () => {
  const [zone] = zonesOf("z:0x0001:0::1/tcp;2/UDP;3/132;4-5/33;65535/udplite\n");
  assert.equal(zone?.multilevelPorts, ["1/tcp", "2/udp", "3/sctp", "4-5/dccp", "65535/udplite"]);
  for (const protocol of ["0", "256", "nothing", "*/tcp", ""]) {
    assert.equal(notesBehindGlobal(`z:0x0001:0::80/${protocol}\n`), ["tnzonecfg:2:13 error 27"], protocol);
  }
});

test("F-20: a protocol without ports is lost", () => {
  assert.equal(notesBehindGlobal("z:0x0001:0:80/icmp:80/89\n"), ["tnzonecfg:2:12 lost", "tnzonecfg:2:20 lost"]);
  assert.equal(zonesOf("z:0x0001:0:80/icmp:80/89\n"), [{ name: "z", label: "1" }]);
});

test("F-21: a label with blanks is escaped, or is given in hexadecimal", () => {
  const base = { names: { levels: { "NEED TO KNOW": 4 } } };
  const { policy } = imported({ tnzonecfg: `${GLOBAL}z:NEED\\ TO\\ KNOW:0::\n` }, base);
  assert.equal(policy?.partitions[1], { name: "z", label: "4" });
  assert.equal(notesBehindGlobal("z:NEED TO KNOW:0::\n"), ["tnzonecfg:2:7 error 3"]);
});

test("F-21: a record for global is needed, and is there when only its own mistakes keep it from being read", () => {
  const { policy, notes } = imported({ tnzonecfg: "public:0x0002-08-08:0::\n" });
  assert.equal([policy, briefly(notes)], [null, ["tnzonecfg error"]]);
  assert.match(notes[0]!.message, "global:ADMIN_LOW:1::");
  assert.equal(notesOf({ tnzonecfg: "" }), ["tnzonecfg warning 2", "tnzonecfg error"]);
  assert.equal(notesOf({ tnzonecfg: "global:LOW:1::\n" }), ["tnzonecfg:1:8 error 14"]);
});

test("F-21, F-24, Z-01: names and labels are unique", () => {
  const names = imported({ tnzonecfg: `${GLOBAL}z:0x0001:0::\nz:0x0002:0::\n` });
  assert.equal([names.policy, briefly(names.notes)], [null, ["tnzonecfg:3:1 error"]]);
  const labels = imported({ tnzonecfg: `${GLOBAL}a:0x0001-08-80:0::\nb:0x000180:0::\nc:ADMIN_LOW:0::\n` });
  assert.equal([labels.policy, briefly(labels.notes)], [null, ["tnzonecfg:3:1 error", "tnzonecfg:4:1 error"]]);
  assert.match(labels.notes[0]!.message, 'that of "a" in line 2');
});

test("F-22: match 1 takes ICMP of the range, 0 of the own label; other numbers are lost", () => {
  assert.equal(zonesOf("z:0x0001:1::\n"), [{ name: "z", label: "1", icmp: "range" }]);
  for (const match of ["0", "00", "0x0"]) assert.equal(zonesOf(`z:0x0001:${match}::\n`), [{ name: "z", label: "1" }]);
  for (const match of ["2", "255"]) {
    assert.equal(notesBehindGlobal(`z:0x0001:${match}::\n`), ["tnzonecfg:2:10 lost"]);
    assert.equal(zonesOf(`z:0x0001:${match}::\n`), [{ name: "z", label: "1" }]);
  }
  for (const match of ["256", "-1", "", "1 x"]) {
    assert.equal(notesBehindGlobal(`z:0x0001:${match}::\n`), ["tnzonecfg:2:10 error 26"], match);
  }
});

test("F-23: ports from 1 to 65535, the first not above the last, in plain decimal", () => {
  assert.equal(zonesOf("z:0x0001:0:1-65535/tcp:;;80-80/tcp;\n"), [
    { name: "z", label: "1", multilevelPorts: ["80/tcp"], privateMultilevelPorts: ["1-65535/tcp"] },
  ]);
  for (const ports of [
    "0/tcp",
    "0-5/tcp",
    "65536/tcp",
    "1-65536/tcp",
    "6-5/tcp",
    "80-/tcp",
    "-80/tcp",
    "080/tcp",
    "0x50/tcp",
  ]) {
    assert.equal(notesBehindGlobal(`z:0x0001:0:${ports}:\n`), ["tnzonecfg:2:12 error 27"], ports);
  }
  for (const ports of ["80", "80/", "/tcp", "80/tcp/udp", "80,81/tcp"]) {
    assert.equal(notesBehindGlobal(`z:0x0001:0::${ports}\n`), ["tnzonecfg:2:13 error 27"], ports);
  }
});

test("F-23, F-24: ports of one list may not overlap; those of the two lists, or of two protocols, may", () => {
  assert.equal(notesBehindGlobal("z:0x0001:0:80/tcp;81/tcp;70-80/tcp:80/tcp;80/udp\n"), ["tnzonecfg:2:26 error"]);
  assert.equal(notesBehindGlobal("z:0x0001:0:80/tcp:80/tcp;80/6\n"), ["tnzonecfg:2:26 error"]);
  assert.equal(notesBehindGlobal("z:0x0001:0:80/tcp:80/tcp;80/udp\n"), []);
});

test("F-23, F-24: a shared port has one owner; private ones may repeat in every zone", () => {
  const { policy, notes } = imported({
    tnzonecfg: `${GLOBAL}a:0x0001:0:80/tcp:6000-6003/tcp\nb:0x0002:0:80/tcp:6003/tcp;6003/udp\n`,
  });
  assert.equal([policy, briefly(notes)], [null, ["tnzonecfg:3:19 error"]]);
  assert.match(notes[0]!.message, '6003/tcp overlaps 6000-6003/tcp of the zone "a" in line 2');
});

test("F-24: a zone's label that no packet can show is an error without a number", () => {
  for (const label of [HIGH_LEVEL, HIGH_CATEGORY, "ADMIN_HIGH"]) {
    assert.equal(notesBehindGlobal(`z:${label}:0::\n`), ["tnzonecfg:2:3 error"], label);
  }
});

test("names that a partition can't have get another spelling, with a warning", () => {
  const names = ["_zone", "dropped", "Global", "a\\ b", "a_b", "été", "a\\:b"];
  const { policy, notes } = imported({
    tnzonecfg: GLOBAL + names.map((name, i) => `${name}:0x000${i + 1}:0::\n`).join(""),
  });
  assert.equal(
    policy?.partitions.map(({ name }) => name),
    ["global", "z_zone", "dropped_", "Global-2", "a_b-2", "a_b", "z_t_", "a_b-3"],
  );
  assert.is(policy?.control, "global");
  assert.equal(
    briefly(notes),
    [2, 3, 4, 5, 7, 8].map((line) => `tnzonecfg:${line}:1 warning`),
  );
});

test("bound: 65,535 zones, and the next is an error", () => {
  const zone = (i: number): string => {
    const hex = i.toString(16).padStart(6, "0");
    return `z${i}:0x00${hex.slice(0, 2)}-08-${hex.slice(2)}:0::\n`;
  };
  const text = GLOBAL + Array.from({ length: MAX_PARTITIONS - 1 }, (_, i) => zone(i + 1)).join("");
  const most = imported({ tnzonecfg: text });
  assert.equal([most.policy?.partitions.length, most.notes.length], [65_535, 0]);
  const { policy, notes } = imported({ tnzonecfg: text + zone(MAX_PARTITIONS) });
  assert.equal([policy, briefly(notes)], [null, [`tnzonecfg:${MAX_PARTITIONS + 1}:1 error`]]);
});

test.run();
