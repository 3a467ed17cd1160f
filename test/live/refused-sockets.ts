// Runs in a network namespace of its own: what keeps a packet socket from being had. Writes `CODE: message` by case to standard
// output as JSON.
import { execFileSync } from "node:child_process";
import { clearOffloads, requireNoOffload } from "../../ts/live/device.ts";
import { LiveError } from "../../ts/live/error.ts";
import { type Libc, loadLibc } from "../../ts/live/libc.ts";
import { PacketPort } from "../../ts/live/packet-socket.ts";
import { requireInside } from "./inside.ts";

const ip = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });

function outcome(call: () => void): string {
  try {
    call();
    return "none";
  } catch (error) {
    return error instanceof LiveError ? `${error.code}: ${error.message}` : `${error}`;
  }
}

function open(libc: Libc, device: string): string {
  return outcome(() => new PacketPort(libc, device).close());
}

requireInside();
const libc = await loadLibc();
const [again] = process.argv.slice(2);
if (again !== undefined) {
  process.stdout.write(open(libc, again));
} else {
  ip("link", "set", "lo", "up");
  ip("link", "add", "lg0", "type", "veth", "peer", "name", "lg1");
  const down = open(libc, "lg0");
  ip("link", "set", "lg0", "up");
  ip("link", "set", "lg1", "up");
  execFileSync("ethtool", ["-K", "lg0", "gro", "on"]);
  const offload = outcome(() => requireNoOffload(libc, "lg0"));
  clearOffloads(libc, "lg0");
  const offloadOff = outcome(() => requireNoOffload(libc, "lg0"));
  // In a user namespace that does not own the network, nobody has privileges over it.
  const command = [process.execPath, "--import", "tsx", process.argv[1]!, "lg0"];
  const unprivileged = execFileSync("unshare", ["-Ur", ...command], { encoding: "utf8" });
  const retires = [0, 1, 1000, 1001, 1.5, Number.NaN].map((retire) =>
    outcome(() => new PacketPort(libc, "lg0", { ring: true, retire }).close()).replace(/:.*/, ""),
  );
  const port = new PacketPort(libc, "lg0");
  ip("link", "del", "lg0");
  const room = { bytes: new Uint8Array(4096), rows: new Uint8Array(64) };
  const result = {
    missing: open(libc, "lg9"),
    empty: open(libc, ""),
    down,
    loopback: open(libc, "lo"),
    offload,
    offloadOff,
    unprivileged,
    retires,
    removed: outcome(() => {
      for (let i = 0; i < 3; i++) port.receive(room);
    }),
  };
  process.stdout.write(JSON.stringify(result));
}
