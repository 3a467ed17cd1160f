// Installs the packages that are measured: `npm run bench:peers [-- NAME…]`, those named or all. Says which programs are
// missing; those are the system's to install. Exit 1: npm failed for one.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { laneName, missing, PEERS } from "./npm.ts";
import { PACKAGES } from "./packages.ts";
import { PROGRAMS, programLane } from "./programs.ts";

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (PACKAGES.every((peer) => peer.name !== name)) {
    console.error(`${name}: expected one of ${PACKAGES.map((peer) => peer.name).join(", ")}`);
    process.exit(2);
  }
}

for (const peer of PACKAGES) {
  if (wanted.length > 0 && !wanted.includes(peer.name)) continue;
  const folder = join(PEERS, peer.name);
  if (missing(peer, folder) !== null) {
    const { status } = spawnSync("npm", ["ci"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    if (status !== 0) process.exitCode = 1;
  }
  console.log(`${laneName(peer)}: ${missing(peer, folder) ?? "installed"}`);
}

const absent = PROGRAMS.filter((program) => programLane(program).versionOf() === null).map(({ name }) => name);
if (absent.length > 0) console.log(`missing programs: apt-get install -y ${absent.join(" ")}`);
