// A lane of a program or package that is not ours.
import type { Lane, OpenLane, Workload } from "../lane.ts";

export interface Peer extends Lane {
  /** What is installed here: a version; `null` for none. */
  versionOf(): string | null;
  open(workload: Workload): Promise<OpenPeer | string> | OpenPeer | string;
}

export interface OpenPeer extends OpenLane {
  /** Frames of a round that it decodes as far as it goes; left out where it doesn't tell. */
  readonly decoded?: number;
}
