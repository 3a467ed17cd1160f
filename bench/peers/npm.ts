// The lane of a package of npm: its driver, in a process of its own, over the first frames of the workload.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Workload } from "../lane.ts";
import { startDriver } from "./driver.ts";
import { excerptOf } from "./excerpt.ts";
import type { PeerPackage } from "./packages.ts";
import type { OpenPeer, Peer } from "./peer.ts";

/** The folder of the peers' folders. */
export const PEERS: string = fileURLToPath(new URL(".", import.meta.url));

const ETHERNET = 1;

/** Frames below which a round says nothing. */
const FEWEST = 1000;

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Of its lane: decoders are compared with each other. */
export function laneName({ name, decodes }: PeerPackage): string {
  return `${decodes ? "npm" : "npm-part"}/${name}`;
}

/** The lane of a package whose folder is in `peers`. */
export function npmLane(peer: PeerPackage, peers: string = PEERS): Peer {
  const folder = join(peers, peer.name);
  return {
    name: laneName(peer),
    what: `${peer.what} (the first ${peer.frames.toLocaleString("en-US")} frames)`,
    versionOf: () => installedIn(folder, peer.package),
    open: (workload) => missing(peer, folder) ?? open(peer, folder, workload),
  };
}

/** What is needed before the package can be measured; `null` where it is installed as pinned. */
export function missing(peer: PeerPackage, folder: string): string | null {
  const pinned = manifestOf(folder)!.dependencies[peer.package]!;
  const installed = installedIn(folder, peer.package);
  if (installed === pinned) return null;
  const state = installed === null ? "is not installed" : `is installed as ${installed}`;
  return `${peer.package} ${pinned} ${state}: npm run bench:peers, or npm ci in bench/peers/${peer.name}`;
}

function installedIn(folder: string, name: string): string | null {
  return manifestOf(join(folder, "node_modules", name))?.version ?? null;
}

function manifestOf(folder: string): Manifest | null {
  const path = join(folder, "package.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Manifest) : null;
}

async function open(peer: PeerPackage, folder: string, workload: Workload): Promise<OpenPeer | string> {
  const excerpt = excerptOf(workload, peer.frames, peer.format);
  if (typeof excerpt === "string") return excerpt;
  try {
    if (excerpt.linkType !== ETHERNET) return `link type ${excerpt.linkType}: its driver decodes Ethernet alone`;
    // Packages of an earlier time use what Node warns of.
    const command = ["--no-deprecation", join(folder, "driver.mjs"), excerpt.path];
    const driver = await startDriver(process.execPath, command);
    const { frames, decoded } = driver;
    if (frames >= FEWEST && decoded > 0) return driver;
    await driver.close();
    if (decoded === 0) return `it decodes none of ${frames} frames`;
    return `${frames} of the first ${excerpt.frames} frames are for it: ${FEWEST} are needed`;
  } finally {
    excerpt.close(); // the driver has read it
  }
}
