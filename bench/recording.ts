// The recording of labelled bulk traffic that stands in the repository, and the policy to judge it by.
import { fileURLToPath } from "node:url";
import type { PolicyInput } from "../ts/policy/input.ts";

export const RECORDING: string = fileURLToPath(new URL("../fixtures/captures/labelled-bulk.pcap", import.meta.url));

export const RECORDING_POLICY: PolicyInput = {
  doi: 16,
  interfaces: [{ name: "net0", addresses: ["10.1.0.1", "fd01::1"], range: ["0", "15:0.1023"] }],
  partitions: [
    { name: "three", label: "3:0.7" },
    { name: "six", label: "6:0.239" },
    { name: "three18", label: "3:0.7", doi: 18 },
  ],
  templates: {
    clients: { type: "labelled", range: ["0", "15:0.1023"] },
    clients18: { type: "labelled", doi: 18, range: ["0", "15:0.1023"] },
  },
  hosts: { "10.1.0.0/24": "clients", "fd01::/64": "clients" },
};
