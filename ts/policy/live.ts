/**
 * Reads `live` of a policy: names become indexes, addresses octets.
 *
 * @module
 */
import { formatAddress, isIn, isLinkLocal, parseAddress } from "../address.ts";
import { isWithin } from "../given.ts";
import type { LiveInput, PortInput } from "./live-input.ts";
import type { Interface, Policy } from "./model.ts";
import { listOf, type Path, type Report, recordOf, textOf } from "./report.ts";

/** Octets that every IPv6 link carries (RFC 8200 section 5): the least a partition's packets may have. */
export const LEAST_MTU = 1280;
const MOST_MTU = 65_535;
/** Octets of a device's name: IFNAMSIZ less the one that ends it. */
export const MAX_DEVICE_NAME = 15;

/** `live`, resolved. */
export interface Live {
  /** By index of the policy's interfaces. */
  readonly interfaces: readonly LiveInterface[];
  /** By index of the policy's partitions; `null`: it has no port. */
  readonly partitions: readonly (LivePartition | null)[];
  readonly icmpErrors: boolean;
}

export interface LiveInterface {
  readonly device: string;
  readonly peer: string | null;
  /** 4 octets, or `null`. */
  readonly gateway4: Uint8Array | null;
  /** 16 octets, or `null`. */
  readonly gateway6: Uint8Array | null;
  /** By address as text, six octets each. */
  readonly neighbours: ReadonlyMap<string, Uint8Array>;
  readonly ipv4: "cipso" | "ripso";
}

export interface LivePartition {
  readonly port: PortInput;
  readonly labels: "strip" | "pass";
  readonly mtu: number | null;
}

/** Reads `live` of a policy that was read otherwise; `null`: it has none. */
export function readLive(input: unknown, policy: Omit<Policy, "live">, report: Report): Live | null {
  if (input === undefined) return null;
  const { interfaces, partitions, icmpErrors } = recordOf(input) as Partial<LiveInput>;
  checkKeys(["live", "interfaces"], interfaces, policy.interfaces, "interface", report);
  checkKeys(["live", "partitions"], partitions, policy.partitions, "partition", report);
  const live: Live = {
    interfaces: policy.interfaces.map((item, i) =>
      readInterface(["live", "interfaces", item.name], item, i, recordOf(interfaces)[item.name], policy, report),
    ),
    partitions: policy.partitions.map(({ name }) => {
      const given = recordOf(partitions)[name];
      return given === undefined ? null : readPartition(["live", "partitions", name], given, report);
    }),
    icmpErrors: icmpErrors === true,
  };
  checkDevices(live, policy, report);
  return live;
}

function checkKeys(
  path: Path,
  given: unknown,
  known: readonly { readonly name: string }[],
  noun: string,
  report: Report,
): void {
  const names = new Set(known.map(({ name }) => name));
  for (const key of Object.keys(recordOf(given))) {
    if (!names.has(key)) report.add([...path, key], `no ${noun} has this name`);
  }
}

function readInterface(
  path: Path,
  { device, addresses }: Interface,
  index: number,
  given: unknown,
  policy: Omit<Policy, "live">,
  report: Report,
): LiveInterface {
  const input = recordOf(given);
  if (device === null) report.add(["interfaces", index], 'live needs a device: "device": "eth0"');
  else checkDeviceName(["interfaces", index, "device"], device, report);
  addresses.forEach(({ address, prefix }, i) => {
    if (prefix !== null) return;
    const text = formatAddress(address);
    report.add(
      ["interfaces", index, "addresses", i],
      `live needs to know its network: "${text}/${address.length === 4 ? 24 : 64}"`,
    );
  });
  const peer = textOf(input.peer) ?? null;
  if (peer !== null) checkDeviceName([...path, "peer"], peer, report);
  const gateways = listOf(input.gateways).flatMap((item, i) => {
    const text = textOf(item);
    const address = text && report.attempt([...path, "gateways", i], text, () => parseAddress(text));
    if (!address) return [];
    // What network an address without a prefix is of is asked for already.
    const isNear = addresses.some((own) =>
      own.prefix === null ? own.address.length === address.length : isIn(address, own.address, own.prefix),
    );
    if (!isNear && !(address.length === 16 && isLinkLocal(address))) {
      report.add([...path, "gateways", i], "is in no network of the interface: it can't be reached", text);
    }
    return [address];
  });
  for (const length of [4, 16]) {
    if (gateways.filter((gateway) => gateway.length === length).length > 1) {
      report.add([...path, "gateways"], `more than one of IPv${length === 4 ? 4 : 6}`);
    }
  }
  const isRipso = input.ipv4 === "ripso";
  if (isRipso && policy.ripso.mode !== "map") {
    report.add([...path, "ipv4"], 'needs to know what RIPSO labels mean: "ripso": { "mode": "map", … }');
  }
  return {
    device: device ?? "",
    peer,
    gateway4: gateways.find((gateway) => gateway.length === 4) ?? null,
    gateway6: gateways.find((gateway) => gateway.length === 16) ?? null,
    neighbours: readNeighbours([...path, "neighbours"], input.neighbours, report),
    ipv4: isRipso ? "ripso" : "cipso",
  };
}

function readNeighbours(path: Path, given: unknown, report: Report): Map<string, Uint8Array> {
  const neighbours = new Map<string, Uint8Array>();
  for (const [key, value] of Object.entries(recordOf(given))) {
    const address = report.attempt([...path, key], key, () => parseAddress(key));
    const text = textOf(value);
    const mac = text === undefined ? undefined : report.attempt([...path, key], text, () => parseMac(text));
    if (address !== undefined && mac !== undefined) neighbours.set(formatAddress(address), mac);
  }
  return neighbours;
}

/**
 * The six octets of a hardware address written `02:00:5e:10:00:01`.
 *
 * @throws {RangeError} it is none, or one of a group
 */
export function parseMac(text: string): Uint8Array {
  if (!/^[\da-f]{2}(:[\da-f]{2}){5}$/i.test(text))
    throw new RangeError("expected a hardware address: 02:00:5e:10:00:01");
  const octets = Uint8Array.from(text.split(":"), (part) => Number.parseInt(part, 16));
  if ((octets[0]! & 1) !== 0) throw new RangeError("a group's hardware address belongs to no host");
  return octets;
}

function readPartition(path: Path, given: unknown, report: Report): LivePartition {
  const input = recordOf(given);
  const port = recordOf(input.port);
  for (const key of ["veth", "tap", "inside"]) {
    const name = textOf(port[key]);
    if (name !== undefined) checkDeviceName([...path, "port", key], name, report);
  }
  const namespace = textOf(port.namespace);
  if (namespace !== undefined && !/^[\w-][\w.-]*$/.test(namespace)) {
    report.add([...path, "port", "namespace"], 'expected letters, digits, ".", "_" and "-"', namespace);
  }
  const { mtu } = input;
  if (typeof mtu === "number" && !isWithin(mtu, MOST_MTU, LEAST_MTU)) {
    report.add([...path, "mtu"], `expected ${LEAST_MTU} to ${MOST_MTU}`, mtu);
  }
  return {
    port: input.port as PortInput,
    labels: input.labels === "pass" ? "pass" : "strip",
    mtu: typeof mtu === "number" ? mtu : null,
  };
}

function checkDeviceName(path: Path, name: string, report: Report): void {
  if (name.length === 0 || name.length > MAX_DEVICE_NAME || /[\s/:%]/.test(name) || name === "." || name === "..") {
    report.add(path, `expected the name of a device: 1 to ${MAX_DEVICE_NAME} characters, none of "/", ":", "%"`, name);
  }
}

// A frame's device says which partition sent it: no two may share one.
function checkDevices(live: Live, { interfaces, partitions }: Omit<Policy, "live">, report: Report): void {
  const users = new Map<string, string>();
  const use = (path: Path, key: string, user: string): void => {
    const other = users.get(key);
    if (other === undefined) users.set(key, user);
    else if (other !== user || !user.startsWith("interface")) report.add(path, `${key} is that of ${other} already`);
  };
  live.interfaces.forEach(({ device }, i) => {
    // Interfaces may share a device when a VLAN tells them apart.
    if (device !== "") use(["interfaces", i, "device"], `device ${device}`, `interfaces on ${device}`);
  });
  live.partitions.forEach((partition, i) => {
    if (partition === null) return;
    const { name } = partitions[i]!;
    const path: Path = ["live", "partitions", name, "port"];
    const port = partition.port as
      | Partial<Record<"veth" | "tap" | "unix" | "worker" | "namespace", string>>
      | undefined;
    if (port?.veth !== undefined) use([...path, "veth"], `device ${port.veth}`, `partition ${name}`);
    if (port?.tap !== undefined) {
      use([...path, "tap"], `TAP device ${port.tap} of namespace ${port.namespace ?? "(ours)"}`, `partition ${name}`);
    }
    if (port?.unix !== undefined) use([...path, "unix"], `socket ${port.unix}`, `partition ${name}`);
    if (port?.worker !== undefined) use([...path, "worker"], `worker ${port.worker}`, `partition ${name}`);
  });
  const byDevice = new Map<string, number[]>();
  live.interfaces.forEach(({ device }, i) => {
    byDevice.set(device, [...(byDevice.get(device) ?? []), i]);
  });
  for (const [device, sharing] of byDevice) {
    if (device === "" || sharing.length === 1) continue;
    const vlans = sharing.map((i) => interfaces[i]!.vlan);
    if (vlans.includes(null) || new Set(vlans).size < vlans.length) {
      report.add(
        ["interfaces", sharing.at(-1)!, "device"],
        `several interfaces are on ${device}: live needs a VLAN of its own for each`,
      );
    }
  }
}
