// A small policy that uses every part of the format and has no problem and no warning, and changed copies of it.
import type { PolicyInput } from "../ts/policy/input.ts";

/** Two partitions on one shared address; `secret` owns another address and a multilevel port. */
export function basePolicy(): PolicyInput {
  return {
    doi: 16,
    names: { levels: { PUBLIC: 1, SECRET: 5, "TOP SECRET": 6 }, categories: { ALPHA: 0, BRAVO: 1 } },
    interfaces: [
      {
        name: "net0",
        device: "eth0",
        addresses: ["192.0.2.1/24", "2001:db8::1", { address: "192.0.2.9", partition: "secret" }],
        range: ["PUBLIC", "SECRET ALPHA BRAVO"],
      },
    ],
    partitions: [
      { name: "public", label: "PUBLIC", bindings: [{ name: "web", ports: ["80/tcp", "53/udp"] }, { name: "rest" }] },
      { name: "secret", label: "SECRET ALPHA", multilevelPorts: ["8080/tcp", "6000-6003/tcp"] },
    ],
    control: "public",
    templates: {
      peers: { type: "labelled", range: ["PUBLIC", "SECRET ALPHA BRAVO"], set: ["9:100"] },
      outside: { type: "unlabelled", label: "PUBLIC" },
    },
    hosts: { "198.51.100.0/24": "peers", "0.0.0.0/0": "outside", "2001:db8::/32": "peers" },
  };
}

/** Keys and indexes from a policy to a value. */
export type Keys = readonly (string | number)[];
/** What is put where; `undefined` takes the key away. */
export type Change = readonly [keys: Keys, value: unknown];

/** The base policy with values of any kind put anywhere, `__proto__` included: no longer a policy, perhaps. */
export function changed(...changes: readonly Change[]): PolicyInput {
  const policy = basePolicy();
  for (const [keys, value] of changes) putAt(policy, keys, value);
  return policy;
}

/** Puts a value where the keys lead, if they lead anywhere. `__proto__` is a key like any other, as for JSON.parse. */
export function putAt(root: object, keys: Keys, value: unknown): void {
  const last = keys.at(-1);
  if (last === undefined) return;
  let holder: unknown = root;
  for (const key of keys.slice(0, -1)) holder = (holder as Record<string, unknown> | undefined)?.[key];
  if (typeof holder !== "object" || holder === null) return;
  if (value === undefined) Reflect.deleteProperty(holder, last);
  else Object.defineProperty(holder, last, { value, configurable: true, enumerable: true, writable: true });
}
