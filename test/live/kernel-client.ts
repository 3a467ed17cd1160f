// Runs in a user and network namespace of its own (unshare -Urnm): three servers that share one address, a gate, a labelled
// wire, and a Linux client that labels for itself. Writes what happened to standard output as JSON. Argument: a DOI that the
// kernel knows.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { createDecoder } from "../../ts/decode.ts";
import { clearOffloads } from "../../ts/live/device.ts";
import { inNamespace, namespacePath } from "../../ts/live/in-namespace.ts";
import { loadLibc } from "../../ts/live/libc.ts";
import { PacketPort } from "../../ts/live/packet-socket.ts";
import { requireInside } from "./inside.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(root, "build/dist/labelgate.js");
const CLIENT = "lg-client";
const POLICY = "/run/servers.json";
const PATIENCE = 20_000;

export interface KernelClient {
  /** Who answered, by label, scheme and protocol. */
  readonly answers: Readonly<Record<string, string | null>>;
  /** Labels of the TCP and UDP packets that came back to the client. */
  readonly replies: readonly string[];
  /** Packets that the client's kernel dropped for their headers. */
  readonly refused4: number;
  readonly refused6: number;
  readonly status: number | null;
}

// HTTP says who it is, and so does UDP.
const SERVER = `
const name = process.argv[1];
for (const type of ["udp4", "udp6"]) {
  const socket = require("node:dgram").createSocket(type === "udp4" ? type : { type, ipv6Only: true });
  socket.on("message", (message, from) => socket.send(name, from.port, from.address));
  socket.bind(5353);
}
require("node:http").createServer((request, response) => response.end(name)).listen(8080, "::", () => console.log("ready"));`;

const children: ChildProcess[] = [];
const run = (...args: string[]): string => execFileSync(args[0]!, args.slice(1), { encoding: "utf8" });
const inside = (...args: string[]): string[] => ["ip", "netns", "exec", CLIENT, ...args];

// Starts a program and waits for a line.
async function start(awaited: string, command: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const fail = (): void =>
      reject(new Error(`no "${awaited}" from ${command} ${args.join(" ")}: ${lines.join("\n")}`));
    const timer = setTimeout(fail, PATIENCE);
    child.on("close", fail);
    for (const input of [child.stdout!, child.stderr!]) {
      createInterface({ input }).on("line", (line) => {
        lines.push(line);
        if (!line.includes(awaited)) return;
        clearTimeout(timer);
        resolve();
      });
    }
  });
  return child;
}

function labelsOf(port: PacketPort): string[] {
  const decoder = createDecoder();
  const room = { bytes: new Uint8Array(262_144), rows: new Uint8Array(128 * FRAME_SIZE) };
  const labels = new Set<string>();
  for (let batch = port.receive(room); batch !== null; batch = port.receive(room)) {
    for (const { ipVersion, protocol, status, label } of decoder.decode(batch)) {
      if (protocol !== 6 && protocol !== 17) continue;
      const said =
        label === null ? status : "doi" in label ? `${label.doi}:${label.level}:${label.categories}` : "RIPSO";
      labels.add(`IPv${ipVersion} ${protocol === 6 ? "tcp" : "udp"} ${said}`);
    }
  }
  return [...labels].sort();
}

async function scenario(): Promise<KernelClient> {
  const doi = process.argv[2]!;
  run("mount", "-t", "tmpfs", "none", "/run");
  const policy = readFileSync(join(root, "docs/trial/servers.json"), "utf8");
  writeFileSync(POLICY, policy.replace('"doi": 16', `"doi": ${doi}`));
  run(process.execPath, bin, "netns", "up", POLICY);
  const names = ["public", "internal", "secret"];
  for (const name of names) {
    await start("ready", "ip", "netns", "exec", `lg-server-${name}`, process.execPath, "-e", SERVER, name);
  }

  const libc = await loadLibc();
  run("ip", "netns", "add", CLIENT);
  run("ip", "link", "set", "lgw1", "netns", CLIENT);
  run(...inside("ip", "link", "set", "lgw1", "up"));
  run(...inside("ip", "addr", "add", "10.66.0.2/24", "dev", "lgw1"));
  run(...inside("ip", "addr", "add", "fd66::2/64", "dev", "lgw1", "nodad"));
  const port = inNamespace(libc, namespacePath(CLIENT), () => {
    clearOffloads(libc, "lgw1"); // checksums that the gate is to pass on are to be there
    return new PacketPort(libc, "lgw1");
  });
  const gate = await start("the gate is open", process.execPath, bin, "run", "--policy", POLICY, "--format", "jsonl");

  const client = [process.execPath, "--import", "tsx", join(root, "test/live/labelled-client.ts"), doi];
  const answers = JSON.parse(run(...inside(...client))) as KernelClient["answers"];
  const replies = labelsOf(port);
  port.close();
  const snmp = run(...inside("cat", "/proc/net/snmp")).split("\n");
  const [heads, values] = snmp.filter((line) => line.startsWith("Ip: ")).map((line) => line.split(" "));
  const refused4 = Number(values![heads!.indexOf("InHdrErrors")]);
  const refused6 = Number(/^Ip6InHdrErrors\s+(\d+)/m.exec(run(...inside("cat", "/proc/net/snmp6")))![1]);
  const status = await new Promise<number | null>((resolve) => {
    gate.on("close", resolve);
    gate.kill("SIGTERM");
  });
  return { answers, replies, refused4, refused6, status };
}

requireInside();
try {
  process.stdout.write(JSON.stringify(await scenario()));
} finally {
  for (const child of children) child.kill("SIGKILL");
}
