// A Linux client that labels what it sends by socket options (IP_OPTIONS, IPV6_HOPOPTS), which its kernel takes only of a DOI
// that it knows. Says who answered, as JSON. Argument: the DOI.
import koffi from "koffi";
import { parseAddress } from "../../ts/address.ts";
import { makeLabel } from "../../ts/label.ts";
import { encodeCalipso, encodeCipso } from "../generate/label.ts";
import { optionHeader } from "../generate/options.ts";

const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21; // for connect
const IP_OPTIONS = 4;
const IPPROTO_IPV6 = 41;
const IPV6_HOPOPTS = 54;
const PATIENCE = 3000;
/** Where nobody is expected to answer. */
const IMPATIENCE = 500;

const libc = koffi.load("libc.so.6");
const socket = libc.func("int socket(int, int, int)");
const connect = libc.func("int connect(int, void *, uint32_t)");
const setsockopt = libc.func("int setsockopt(int, int, int, void *, uint32_t)");
const send = libc.func("int64_t send(int, void *, size_t, int)");
const recv = libc.func("int64_t recv(int, void *, size_t, int)");
const close = libc.func("int close(int)");

const VERSIONS = { "10.66.0.1": 4, "fd66::1": 6 } as const;
type Address = keyof typeof VERSIONS;
const PROTOCOLS = { tcp: [1, 8080, "GET / HTTP/1.0\r\n\r\n"], udp: [2, 5353, "hello"] } as const;

/** Level and categories by name. The last is that of no partition. */
const LABELS = { public: [1, []], internal: [2, [0]], secret: [5, [0, 1]], nobody: [3, [0]] } as const;

function sockaddr(address: Address, port: number): Buffer {
  const octets = Buffer.from(parseAddress(address));
  const head = Buffer.alloc(VERSIONS[address] === 4 ? 4 : 8); // and the flow of IPv6
  head.writeUInt16LE(VERSIONS[address] === 4 ? 2 : 10, 0);
  head.writeUInt16BE(port, 2);
  return Buffer.concat([head, octets, Buffer.alloc(VERSIONS[address] === 4 ? 8 : 4)]);
}

// What a socket with the option got as its answer; null: nothing.
function ask(
  address: Address,
  protocol: keyof typeof PROTOCOLS,
  option: readonly number[],
  wait: number,
): string | null {
  const version = VERSIONS[address];
  const [type, port, request] = PROTOCOLS[protocol];
  const descriptor = socket(version === 4 ? 2 : 10, type, 0) as number;
  const done = (result: number, what: string): void => {
    if (result < 0) throw new Error(`${what}: error ${koffi.errno()}`);
  };
  try {
    const time = Buffer.alloc(16);
    time.writeBigInt64LE(BigInt(Math.floor(wait / 1000)), 0);
    time.writeBigInt64LE(BigInt((wait % 1000) * 1000), 8);
    for (const name of [SO_RCVTIMEO, SO_SNDTIMEO]) done(setsockopt(descriptor, SOL_SOCKET, name, time, 16), "time");
    if (option.length > 0) {
      const [level, name] = version === 4 ? [0, IP_OPTIONS] : [IPPROTO_IPV6, IPV6_HOPOPTS];
      done(setsockopt(descriptor, level, name, Buffer.from(option), option.length), "the label");
    }
    const to = sockaddr(address, port);
    if (connect(descriptor, to, to.length) < 0) return null;
    if (send(descriptor, Buffer.from(request), request.length, 0) < 0) return null;
    const pieces: Buffer[] = [];
    for (;;) {
      const piece = Buffer.alloc(2048);
      const length = Number(recv(descriptor, piece, piece.length, 0));
      if (length > 0) pieces.push(piece.subarray(0, length));
      if (length <= 0 || protocol === "udp") break;
    }
    const text = Buffer.concat(pieces).toString();
    return text === "" ? null : text.split("\r\n\r\n").at(-1)!;
  } finally {
    close(descriptor);
  }
}

const doi = Number(process.argv[2]);
const answers: Record<string, string | null> = {};
for (const [name, [level, categories]] of Object.entries(LABELS)) {
  const label = makeLabel(doi, level, categories);
  for (const protocol of ["tcp", "udp"] as const) {
    const wait = name === "nobody" ? IMPATIENCE : PATIENCE;
    for (const [form, tag] of [1, 2, 5].entries()) {
      const option = encodeCipso(label, form);
      while (option.length % 4 !== 0) option.push(0);
      answers[`${name} CIPSO tag ${tag} ${protocol}`] = ask("10.66.0.1", protocol, option, wait);
    }
    answers[`${name} CALIPSO ${protocol}`] = ask(
      "fd66::1",
      protocol,
      optionHeader(0, [encodeCalipso(label)], true),
      wait,
    );
  }
}
for (const protocol of ["tcp", "udp"] as const) {
  answers[`unlabelled IPv4 ${protocol}`] = ask("10.66.0.1", protocol, [], IMPATIENCE);
  answers[`unlabelled IPv6 ${protocol}`] = ask("fd66::1", protocol, [], IMPATIENCE);
}
process.stdout.write(JSON.stringify(answers));
