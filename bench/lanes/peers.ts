// Other programs and packages that do a part of the job: bench/peers.
import { npmLane } from "../peers/npm.ts";
import { PACKAGES } from "../peers/packages.ts";
import type { Peer } from "../peers/peer.ts";
import { PROGRAMS, programLane } from "../peers/programs.ts";

export const PEER_LANES: readonly Peer[] = [...PROGRAMS.map(programLane), ...PACKAGES.map((peer) => npmLane(peer))];
