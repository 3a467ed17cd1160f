// Runs in a user and network namespace of its own (unshare -Urnm): a wire to another namespace, whose kernel takes or drops
// what comes by it. Random option areas beside labelgate's verdict, and packets that stampLabel labelled. Writes what happened
// to standard output as JSON. Arguments: a DOI that the kernel knows, a seed, areas and stamped packets of each IP version.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { createDecoder } from "../../ts/decode.ts";
import { batchOf } from "../../ts/frames.ts";
import { loadLibc } from "../../ts/live/libc.ts";
import { PacketPort } from "../../ts/live/packet-socket.ts";
import { stampLabel } from "../../ts/rewrite.ts";
import { ipv4, ipv6, RAW } from "../packets.ts";
import { requireInside } from "./inside.ts";
import { area4, area6, Dice, randomLabel } from "./kernel-areas.ts";
import { otherFault4, otherFault6 } from "./kernel-others.ts";
import { frame } from "./world.ts";

const PORT = 5353;
const BATCH = 64;
const NAMESPACE = "lg-kernel";
const OURS = { 4: "10.77.0.2", 6: "fd77::2" } as const;
const ITS = { 4: "10.77.0.1", 6: "fd77::1" } as const;
const MAC = [2, 0, 0, 0, 0, 0x71] as const;
const ITS_MAC = [2, 0, 0, 0, 0, 0x72] as const;
const MOST_DIFFERENCES = 10;
const ROUNDS = 3;

export interface Difference {
  readonly packet: string;
  readonly labelgate: string;
  readonly kernel: string;
}

/** Of one IP version. */
export interface Judged {
  readonly areas: number;
  readonly accepted: number;
  readonly dropped: number;
  /** labelgate's readings, how often each. */
  readonly readings: Readonly<Record<string, number>>;
  /** Readings under profile strict of those that the kernel took. */
  readonly lax: Readonly<Record<string, number>>;
  /** Dropped by the kernel alone, for an option that is no label. */
  readonly others: Readonly<Record<string, number>>;
  /** ICMP Parameter Problems whose pointer is the octet that labelgate blames. */
  readonly pointers: number;
  /** Whose pointer is the length of a tag 0, where labelgate blames the type. */
  readonly tagZeros: number;
  readonly differences: readonly Difference[];
  readonly stamped: number;
  /** Stamped packets that did not arrive. */
  readonly lost: readonly string[];
}

export interface KernelVerdicts {
  readonly 4: Judged;
  readonly 6: Judged;
  /** Of the kernel's counters: datagrams it had no room for. */
  readonly overflows: number;
  /** IPv4 packets sent, and that the kernel counted. */
  readonly sent4: number;
  readonly received4: number;
  readonly seconds: number;
}

// An independent witness: it says which datagrams were handed to a socket. One of 0xffffffff asks for the list.
const WITNESS = `
for (const type of ["udp4", "udp6"]) {
  const socket = require("node:dgram").createSocket({ type, ipv6Only: type === "udp6", recvBufferSize: 4194304 });
  let got = [];
  socket.on("message", (message) => {
    const serial = message.readUInt32BE(0);
    if (serial !== 0xffffffff) return got.push(serial);
    console.log(JSON.stringify(got));
    got = [];
  });
  socket.bind(${PORT}, () => console.log("ready"));
}`;

type Version = 4 | 6;
const children: ChildProcess[] = [];
const run = (...args: string[]): string => execFileSync(args[0]!, args.slice(1), { encoding: "utf8" });
const inside = (...args: string[]): string => run("ip", "netns", "exec", NAMESPACE, ...args);

function makeWire(): void {
  const text = (mac: readonly number[]): string => mac.map((octet) => octet.toString(16).padStart(2, "0")).join(":");
  run("mount", "-t", "tmpfs", "none", "/run");
  run("ip", "netns", "add", NAMESPACE);
  const far = ["name", "eth0", "address", text(ITS_MAC), "netns", NAMESPACE];
  run("ip", "link", "add", "lgk", "address", text(MAC), "type", "veth", "peer", ...far);
  run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/lgk/disable_ipv6");
  run("ip", "link", "set", "lgk", "up");
  inside("ip", "link", "set", "lo", "up");
  inside("ip", "link", "set", "eth0", "up");
  inside("ip", "addr", "add", `${ITS[4]}/24`, "dev", "eth0");
  inside("ip", "addr", "add", `${ITS[6]}/64`, "dev", "eth0", "nodad");
  for (const address of Object.values(OURS)) {
    inside("ip", "neigh", "add", address, "lladdr", text(MAC), "dev", "eth0", "nud", "permanent");
  }
  inside("sh", "-c", "echo 0 > /proc/sys/net/ipv4/icmp_ratemask"); // every answer, not one a second
}

// A UDP datagram to the witness. Without extension headers and options, but for those given.
function packetOf(version: Version, serial: number, area: readonly number[] | null, type = 0): Uint8Array {
  const data = [serial >>> 24, (serial >>> 16) & 255, (serial >>> 8) & 255, serial & 255];
  const head = [PORT >> 8, PORT & 255, PORT >> 8, PORT & 255, 0, 12];
  const [src, dst] = [OURS[version], ITS[version]];
  if (version === 4)
    return ipv4({ src, dst, id: serial & 0xffff, options: area ?? [], body: [...head, 0, 0, ...data] });
  const pseudo = ipv6({ src, dst, body: [0, 12, 0, 17, ...head, 0, 0, ...data] }).subarray(8);
  let sum = 0;
  for (let i = 0; i < pseudo.length; i += 2) sum += pseudo[i]! * 256 + pseudo[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  const checksum = sum === 0xffff ? sum : ~sum & 0xffff;
  const body = [...head, checksum >> 8, checksum & 255, ...data];
  return ipv6({ src, dst, headers: area === null ? [] : [[type, area]], body });
}

class Wire {
  readonly #port: PacketPort;
  readonly #lines: AsyncIterator<string>;
  sent4 = 0;
  /** Pointers of ICMPv4 Parameter Problems, by the identification of what they quote. */
  readonly pointers = new Map<number, number>();

  private constructor(port: PacketPort, lines: AsyncIterator<string>) {
    this.#port = port;
    this.#lines = lines;
  }

  static async open(): Promise<Wire> {
    const args = ["netns", "exec", NAMESPACE, process.execPath, "-e", WITNESS];
    const witness = spawn("ip", args, { stdio: ["ignore", "pipe", "inherit"] });
    children.push(witness);
    const lines = createInterface({ input: witness.stdout })[Symbol.asyncIterator]();
    for (let i = 0; i < 2; i++) await lines.next();
    return new Wire(new PacketPort(await loadLibc(), "lgk"), lines);
  }

  /** Sends packets, serial numbers 0 up; those that the kernel took. What does not arrive is sent again. */
  async exchange(version: Version, packets: readonly Uint8Array[]): Promise<Set<number>> {
    const arrived = new Set<number>();
    for (let round = 0; round < ROUNDS; round++) {
      const left = packets.map((_, serial) => serial).filter((serial) => !arrived.has(serial));
      for (let at = 0; at < left.length; at += BATCH) {
        const batch = left.slice(at, at + BATCH).map((serial) => packets[serial]!);
        this.#send([...batch, packetOf(version, 0xffff_ffff, null)]);
        const line = await this.#lines.next();
        for (const serial of JSON.parse(line.value as string) as number[]) arrived.add(serial);
        this.#answers();
        if (version === 4) this.sent4 += batch.length + 1;
      }
    }
    return arrived;
  }

  #send(packets: readonly Uint8Array[]): void {
    const frames = packets.map((packet) => frame(packet, MAC, ITS_MAC));
    const lengths = Uint32Array.from(frames, ({ length }) => length);
    const offsets = lengths.map((_, i) => lengths.subarray(0, i).reduce((sum, length) => sum + length, 0));
    const taken = this.#port.send({ bytes: Buffer.concat(frames), offsets, lengths, count: frames.length });
    if (taken !== frames.length) throw new Error(`sent ${taken} of ${frames.length}`);
  }

  #answers(): void {
    const room = { bytes: new Uint8Array(262_144), rows: new Uint8Array(128 * FRAME_SIZE) };
    for (let batch = this.#port.receive(room); batch !== null; batch = this.#port.receive(room)) {
      for (let row = 0; row < batch.count; row++) {
        const ip = batch.octets(row).subarray(14);
        const icmp = ip.subarray((ip[0]! & 15) * 4);
        if (ip[0]! >> 4 !== 4 || ip[9] !== 1 || icmp[0] !== 12 || icmp[1] !== 0) continue;
        this.pointers.set(icmp[8 + 4]! * 256 + icmp[8 + 5]!, icmp[4]!);
      }
    }
  }

  close(): void {
    this.#port.close();
  }
}

const text = (packet: Uint8Array): string => Buffer.from(packet).toString("hex");
const count = (counts: Record<string, number>, name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

// Fewer than the identification of IPv4 has numbers.
const CHUNK = 8192;

async function judge(wire: Wire, version: Version, doi: number, dice: Dice, areas: number, stamps: number) {
  const decoder = createDecoder({ profile: "linux", dois: [doi] });
  const strict = createDecoder({ profile: "strict", dois: [doi] });
  const readings: Record<string, number> = {};
  const lax: Record<string, number> = {};
  const others: Record<string, number> = {};
  const differences: Difference[] = [];
  let accepted = 0;
  let pointers = 0;
  let tagZeros = 0;
  for (let done = 0; done < areas; done += CHUNK) {
    const list = Array.from({ length: Math.min(CHUNK, areas - done) }, (_, serial) => {
      // Destination options are read like hop-by-hop options, but a label there is none.
      const type = version === 6 && dice.oneIn(12) ? 60 : 0;
      const area = version === 4 ? area4(dice, doi) : area6(dice, doi);
      return { area, type, packet: packetOf(version, serial, area, type) };
    });
    wire.pointers.clear();
    const arrived = await wire.exchange(
      version,
      list.map(({ packet }) => packet),
    );
    for (const [serial, { area, type, packet }] of list.entries()) {
      const batch = batchOf([{ bytes: packet, linkType: RAW }]);
      const [record] = decoder.decode(batch);
      const { status, offset } = record!;
      const sound = ["OK", "OK_NONMINIMAL", "NO_LABEL"].includes(status);
      const taken = arrived.has(serial);
      const pointer = wire.pointers.get(serial);
      count(readings, status);
      if (taken) accepted++;
      if (taken) count(lax, [...strict.decode(batch)][0]!.status);
      const fault = version === 4 ? otherFault4(area) : type === 0 && sound ? otherFault6(area) : null;
      const other = sound && !taken ? fault : null;
      // Of two faults the kernel points at the first. A tag 0 that is too long it blames for its length: 0 is also what ends its
      // list of a DOI's tags, and so is found there.
      const isTagZero = status === "CIPSO_TAG_UNKNOWN" && packet[offset!] === 0 && pointer === offset! + 1;
      if (isTagZero) tagZeros++;
      const pointsElsewhere = pointer !== undefined && pointer !== offset && fault === null && !isTagZero;
      if (other !== null) count(others, other);
      else if (sound !== taken || pointsElsewhere) {
        if (differences.length < MOST_DIFFERENCES) {
          const kernel = taken ? "takes it" : `drops it${pointer === undefined ? "" : ` (pointer ${pointer})`}`;
          differences.push({ packet: text(packet), labelgate: `${status} ${offset ?? ""}`.trim(), kernel });
        }
      } else if (pointer === offset) pointers++;
    }
  }

  const plain = (serial: number): Uint8Array => {
    const area =
      version === 4
        ? dice.of([[], [], [1, 148, 4, 0, 0], [7, 7, 4, 0, 0, 0, 0]])
        : dice.of([null, [0, 5, 2, 0, 0, 1, 0]]);
    return packetOf(version, serial, area);
  };
  const stamped: Uint8Array[] = [];
  while (stamped.length < stamps) {
    const label = randomLabel(dice, doi, version === 4 ? "cipso" : "calipso");
    try {
      stamped.push(stampLabel(plain(stamped.length), label));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // no room for the label beside the other option
    }
  }
  const arrived = await wire.exchange(version, stamped);
  const lost = stamped.filter((_, serial) => !arrived.has(serial)).map(text);
  const dropped = areas - accepted;
  return { areas, accepted, dropped, readings, lax, others, pointers, tagZeros, differences, stamped: stamps, lost };
}

// A counter of /proc/net/snmp or snmp6.
function counter(table: string, name: string): number {
  if (table === "6") {
    return Number(new RegExp(`^${name}\\s+(\\d+)`, "m").exec(inside("cat", "/proc/net/snmp6"))![1]);
  }
  const [names, values] = inside("cat", "/proc/net/snmp")
    .split("\n")
    .filter((line) => line.startsWith(`${table}: `))
    .map((line) => line.split(" "));
  return Number(values![names!.indexOf(name)]);
}

// Packets that it sent itself: an answer to a source route may take it back.
function looped(): number {
  return Number(/^ *lo: *\d+ +(\d+)/m.exec(inside("cat", "/proc/net/dev"))![1]);
}

async function scenario(): Promise<KernelVerdicts> {
  const [doi, seed, areas, stamps] = process.argv.slice(2).map(Number) as [number, number, number, number];
  const start = performance.now();
  makeWire();
  const wire = await Wire.open();
  const dice = new Dice(seed);
  const four = await judge(wire, 4, doi, dice, areas, stamps);
  const six = await judge(wire, 6, doi, dice, areas, stamps);
  wire.close();
  return {
    4: four,
    6: six,
    overflows: counter("Udp", "RcvbufErrors") + counter("6", "Udp6RcvbufErrors"),
    sent4: wire.sent4,
    received4: counter("Ip", "InReceives") - looped(),
    seconds: (performance.now() - start) / 1000,
  };
}

requireInside();
try {
  process.stdout.write(JSON.stringify(await scenario()));
} finally {
  for (const child of children) child.kill("SIGKILL");
}
