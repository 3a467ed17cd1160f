/**
 * The namespaces and devices of a policy, for a trial: made as `live` says, and removed as they were made.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { formatAddress } from "../address.ts";
import type { Policy } from "../policy/model.ts";
import { clearOffloads } from "./device.ts";
import { LiveError } from "./error.ts";
import { inNamespace, namespacePath } from "./in-namespace.ts";
import { MOST_LABEL } from "./layout.ts";
import type { Libc } from "./libc.ts";

/** Where it is written down what was made. */
const RECORDS = "/run/labelgate";
/** Octets of a packet on Ethernet. */
const ETHERNET_MTU = 1500;

/** What was made, in its order. */
interface Made {
  readonly kind: "namespace" | "link";
  readonly name: string;
}

/**
 * Makes the namespaces and devices of a policy file. What exists already is not touched.
 *
 * @returns what was made, in words
 * @throws {LiveError} something exists, or can't be made: then nothing is left of what was
 */
export function makeNamespaces(libc: Libc, file: string, policy: Policy): string[] {
  const { live } = policy;
  if (live === null) {
    throw new LiveError("BAD_POLICY", "the policy says nothing about this machine", '"live": { "partitions": { … } }');
  }
  const record = recordOf(file);
  if (existsSync(record)) {
    throw new LiveError("IN_USE", `what ${file} asks for was made already`, `labelgate netns down ${file}`);
  }
  const made: Made[] = [];
  const said: string[] = [];
  const make = (item: Made, text: string, ...args: string[]): void => {
    ip(...args);
    made.push(item);
    write(record, made);
    said.push(text);
  };
  try {
    for (const { device, peer } of live.interfaces) {
      if (peer === null) continue;
      const text = `${device} and ${peer}, the two ends of a wire`;
      make({ kind: "link", name: device }, text, "link", "add", device, "type", "veth", "peer", "name", peer);
      for (const end of [device, peer]) raise(libc, end, ETHERNET_MTU);
    }
    policy.partitions.forEach(({ name }, i) => {
      const partition = live.partitions[i] ?? null;
      if (partition === null || "unix" in partition.port || "worker" in partition.port) return;
      const { port } = partition;
      const { namespace } = port;
      if (namespace === undefined) return;
      const mtu = partition.mtu ?? ETHERNET_MTU - MOST_LABEL;
      make({ kind: "namespace", name: namespace }, `namespace ${namespace}, of ${name}`, "netns", "add", namespace);
      const inside = "veth" in port ? (port.inside ?? "eth0") : port.tap;
      if ("veth" in port) {
        const peer = ["type", "veth", "peer", "name", inside, "netns", namespace];
        make({ kind: "link", name: port.veth }, `${port.veth}, to ${inside} in it`, "link", "add", port.veth, ...peer);
        raise(libc, port.veth, ETHERNET_MTU);
      } else {
        ip("-n", namespace, "tuntap", "add", "dev", inside, "mode", "tap");
        said.push(`TAP device ${inside} in it`);
      }
      furnish(libc, policy, i, namespace, inside, mtu);
    });
  } catch (error) {
    remove(made);
    rmSync(record, { force: true });
    throw error;
  }
  return said;
}

/**
 * Removes what {@link makeNamespaces} made for the file, and nothing else.
 *
 * @returns what was removed, in words
 * @throws {LiveError} nothing was made
 */
export function removeNamespaces(file: string): string[] {
  const record = recordOf(file);
  if (!existsSync(record)) throw new LiveError("SYSTEM", `nothing was made for ${file}`, `labelgate netns up ${file}`);
  const said = remove(JSON.parse(readFileSync(record, "utf8")) as Made[]);
  rmSync(record);
  return said;
}

function remove(made: readonly Made[]): string[] {
  const said: string[] = [];
  for (const { kind, name } of made.toReversed()) {
    try {
      if (kind === "namespace") ip("netns", "del", name);
      else ip("link", "del", name);
      said.push(kind === "namespace" ? `namespace ${name}` : name);
    } catch {
      // It went with the other end, or somebody removed it.
    }
  }
  return said;
}

// Our ends speak for nobody: without IPv6 the system sends nothing of its own.
function raise(libc: Libc, device: string, mtu: number): void {
  const own = `/proc/sys/net/ipv6/conf/${device}/disable_ipv6`;
  if (existsSync(own)) writeFileSync(own, "1");
  ip("link", "set", device, "mtu", `${mtu}`, "up");
  clearOffloads(libc, device);
}

// The partition's addresses, its way out, and frames as they go over the wire.
function furnish(libc: Libc, policy: Policy, index: number, namespace: string, inside: string, mtu: number): void {
  const here = (...args: string[]): void => ip("-n", namespace, ...args);
  here("link", "set", "lo", "up");
  here("link", "set", inside, "mtu", `${mtu}`, "up");
  inNamespace(libc, namespacePath(namespace), () => clearOffloads(libc, inside));
  policy.interfaces.forEach(({ addresses }, i) => {
    for (const { address, prefix, owner } of addresses) {
      const isMine = owner === null ? policy.partitions[index]!.shared : owner === index;
      if (!isMine) continue;
      const own = `${formatAddress(address)}/${prefix!}`;
      if (address.length === 4) here("addr", "add", own, "dev", inside);
      else here("addr", "add", own, "dev", inside, "nodad");
    }
    const { gateway4, gateway6 } = policy.live!.interfaces[i]!;
    for (const gateway of [gateway4, gateway6]) {
      if (gateway !== null) here("route", "replace", "default", "via", formatAddress(gateway), "dev", inside);
    }
  });
}

function recordOf(file: string): string {
  const name = createHash("sha256").update(resolve(file)).digest("hex").slice(0, 16);
  return join(RECORDS, `${name}.json`);
}

function write(record: string, made: readonly Made[]): void {
  mkdirSync(RECORDS, { recursive: true });
  writeFileSync(record, JSON.stringify(made));
}

function ip(...args: readonly string[]): void {
  try {
    execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: Buffer };
    if (code === "ENOENT") {
      throw new LiveError("NO_TOOL", "the command ip is missing", "apt-get install iproute2", { cause: error });
    }
    const said = stderr?.toString().trim().split("\n").at(-1) ?? "";
    const isDenied = /not permitted|denied/.test(said);
    throw new LiveError(
      isDenied ? "NO_PRIVILEGE" : "SYSTEM",
      `ip ${args.join(" ")}: ${said}`,
      isDenied ? "run it as root, or in a namespace of your own: unshare -Urnm" : null,
      { cause: error },
    );
  }
}
