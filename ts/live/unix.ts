/**
 * A Unix stream socket as the port of a partition: whoever connects is the partition, one at a time. Frames both ways have
 * their length in front, four octets in network order.
 *
 * @module
 */
import { existsSync, lstatSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { FRAME_SIZE } from "../../assembly/columns.ts";
import { type CaptureInterface, FrameBatch } from "../frames.ts";
import { LiveError } from "./error.ts";
import { GATE_MAC, PARTITION_MAC } from "./own-mac.ts";
import type { FrameRoom, Outgoing, PartitionPort, SinkStats, SourceStats } from "./port.ts";

/** Octets of the longest frame. */
export const MAX_UNIX_FRAME = 2048;
/** Octets that wait for a reader that is slow; frames beyond are refused. */
export const MAX_UNIX_BACKLOG = 1_048_576;
/** Octets that wait for us; beyond, the socket is not read. */
const MOST_UNREAD = 1_048_576;
const PREFIX = 4;
const MTU = 1500;
const ETHERNET = 1;

/**
 * Listens at a path, for its owner alone. A socket that nobody listens at any more is replaced.
 *
 * @throws {LiveError} something else is there, somebody listens, or there is no such folder
 */
export async function openUnixPort(path: string): Promise<PartitionPort> {
  await makeWay(path);
  const port = new UnixPort(path);
  await port.listen();
  return port;
}

async function makeWay(path: string): Promise<void> {
  const folder = dirname(path);
  // The system's own word for it would be that it is not permitted.
  if (!existsSync(folder)) throw new LiveError("SYSTEM", `${path}: there is no folder ${folder}`, `mkdir -p ${folder}`);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new LiveError("IN_USE", `${path} is there, and is no socket`, "choose another path");
  const isAlive = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
  if (isAlive) throw new LiveError("IN_USE", `somebody listens at ${path}`, `fuser ${path}`);
  rmSync(path);
}

class UnixPort implements PartitionPort {
  readonly name: string;
  readonly descriptor = null;
  readonly isGone = false;
  onReadable: (() => void) | null = null;
  readonly mac: Uint8Array = GATE_MAC;
  readonly peerMac: Uint8Array = PARTITION_MAC;
  readonly mtu = MTU;
  readonly #path: string;
  readonly #server: Server;
  readonly #interfaces: readonly CaptureInterface[];
  #client: Socket | null = null;
  #unread: Buffer = Buffer.alloc(0);
  #received = 0;
  #truncated = 0;
  #sent = 0;
  #refused = 0;

  constructor(path: string) {
    this.name = `unix:${path}`;
    this.#path = path;
    this.#interfaces = [{ linkType: ETHERNET, name: this.name, snapLength: 0 }];
    this.#server = createServer((socket) => this.#accept(socket));
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.on("error", (cause: NodeJS.ErrnoException) => {
        const isDenied = cause.code === "EACCES" || cause.code === "EPERM";
        reject(new LiveError(isDenied ? "NO_PRIVILEGE" : "SYSTEM", `${this.#path}: ${cause.message}`, null, { cause }));
      });
      // Nobody else may connect, not for the moment either before a mode could be set: the socket is made before listen returns.
      const mask = process.umask(0o177);
      try {
        this.#server.listen(this.#path, resolve);
      } finally {
        process.umask(mask);
      }
    });
  }

  receive(room: FrameRoom): FrameBatch | null {
    const most = Math.floor(room.rows.length / FRAME_SIZE);
    const now = Date.now();
    const seconds = Math.floor(now / 1000);
    const batch = new FrameBatch(room.bytes, room.rows, this.#received + 1, this.#interfaces);
    let from = 0;
    let to = 0;
    while (batch.count < most && this.#unread.length - from >= PREFIX) {
      const length = this.#unread.readUInt32BE(from);
      if (length === 0 || length > MAX_UNIX_FRAME) {
        // Where the next frame begins is not known any more.
        this.#truncated++;
        this.#client?.destroy();
        from = this.#unread.length;
        break;
      }
      if (this.#unread.length - from < PREFIX + length || to + length > room.bytes.length) break;
      room.bytes.set(this.#unread.subarray(from + PREFIX, from + PREFIX + length), to);
      batch.push(to, length, length, ETHERNET, 0, seconds, (now - seconds * 1000) * 1_000_000);
      from += PREFIX + length;
      to += length;
    }
    this.#unread = this.#unread.subarray(from);
    if (this.#unread.length < MOST_UNREAD) this.#client?.resume();
    this.#received += batch.count;
    return batch.count === 0 ? null : batch;
  }

  send({ bytes, offsets, lengths, count }: Outgoing): number {
    const client = this.#client;
    let taken = 0;
    if (client !== null) {
      client.cork();
      for (; taken < count && client.writableLength < MAX_UNIX_BACKLOG; taken++) {
        const length = lengths[taken]!;
        const frame = Buffer.allocUnsafe(PREFIX + length);
        frame.writeUInt32BE(length);
        frame.set(bytes.subarray(offsets[taken]!, offsets[taken]! + length), PREFIX);
        client.write(frame);
      }
      client.uncork();
    }
    this.#sent += taken;
    this.#refused += count - taken;
    return taken;
  }

  stats(): SourceStats {
    return { received: this.#received, dropped: 0, truncated: this.#truncated, foreign: 0, unfinished: 0 };
  }

  sinkStats(): SinkStats {
    return { sent: this.#sent, refused: this.#refused };
  }

  close(): void {
    this.#client?.destroy();
    this.#server.close();
  }

  #accept(socket: Socket): void {
    if (this.#client !== null) {
      socket.destroy();
      return;
    }
    this.#client = socket;
    this.#unread = Buffer.alloc(0);
    socket.on("data", (piece: Buffer) => {
      this.#unread = Buffer.concat([this.#unread, piece]);
      if (this.#unread.length >= MOST_UNREAD) socket.pause();
      this.onReadable?.();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#client = null;
    });
  }
}
