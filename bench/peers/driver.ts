// A peer's driver in a process of its own: a line asks for a round, a line answers. Idle, it waits for a line.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

/** What a driver says when it is ready: warmed up, everything it needs in memory. */
export interface Ready {
  /** Frames and octets that a round goes through. */
  readonly frames: number;
  readonly octets: number;
  /** Frames that it decodes as far as it goes. */
  readonly decoded: number;
}

/** A driver that is ready. */
export interface Driver extends Ready {
  /** The nanoseconds that a round took, by the driver's clock. */
  round(): Promise<number>;
  /** Lets it end, and waits until it has. */
  close(): Promise<void>;
}

/** Time for a driver to get ready, in milliseconds. One that loops on a frame never would. */
const PATIENCE = 60_000;

/** How much of what a driver complains of is passed on, in characters. */
const COMPLAINT = 400;

/**
 * Starts a driver.
 *
 * @throws {Error} it ended, or was not ready in time
 */
export async function startDriver(
  command: string,
  options: readonly string[],
  patience: number = PATIENCE,
): Promise<Driver> {
  const child = spawn(command, options, { stdio: ["pipe", "pipe", "pipe"] });
  const ended = endOf(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let late = false;
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (!done) return value;
    const end = await ended;
    throw new Error(late ? `not ready after ${patience / 1000} s` : end);
  };
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, patience);
  try {
    const ready = JSON.parse(await line()) as Ready;
    return {
      ...ready,
      async round() {
        child.stdin.write("round\n");
        return Number(await line());
      },
      async close() {
        child.stdin.end();
        await ended;
      },
    };
  } finally {
    clearTimeout(timer);
  }
}

/** How the process ended, in words; never rejects. */
function endOf(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<string> {
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-COMPLAINT)));
  child.stdin.on("error", () => {}); // it has ended: the next line is missing
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(`ended with ${signal ?? code}: ${said.trim()}`));
  });
}
