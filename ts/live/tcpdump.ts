/**
 * Frames of a device without a foreign function interface: the program tcpdump captures them, and its pipe is read.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { type ReadCaptureOptions, readCapture } from "../capture/read.ts";
import type { FrameBatch } from "../frames.ts";
import { LiveError } from "./error.ts";

/** For {@link tcpdumpFrames}. */
export interface TcpdumpOptions extends ReadCaptureOptions {
  /** In the language of tcpdump: `ip or ip6`; all frames when left out. */
  readonly filter?: string;
}

/** Octets of what tcpdump says that are kept. */
const MOST_SAID = 4096;
const PROMPT = "tcpdump: ";
const ALL_OCTETS = "262144";

/**
 * Captures on a device until the generator is left, or the signal given; also what the machine itself sends there. tcpdump ends
 * with it.
 *
 * @throws {LiveError} tcpdump is missing, or can't capture there: it says why
 * @throws {CaptureError} as readCapture
 */
export async function* tcpdumpFrames(device: string, options: TcpdumpOptions = {}): AsyncGenerator<FrameBatch, void> {
  const { filter = "", ...reading } = options;
  // In one argument, so that no word of a filter is taken for an option.
  const args = ["-i", device, "-s", ALL_OCTETS, "-U", "--immediate-mode", "-n", "-w", "-", "--", filter];
  const child = spawn("tcpdump", args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (piece: Buffer) => {
    said = `${said}${piece}`.slice(-MOST_SAID);
  });
  const ended = new Promise<LiveError | null>((resolve) => {
    child.on("error", (cause: NodeJS.ErrnoException) => resolve(notStarted(cause)));
    child.on("close", (code, signal) => resolve(code === 0 ? null : refused(device, said, signal)));
  });
  try {
    yield* readCapture(child.stdout, reading);
  } catch (error) {
    // Where the pipe ended too early, tcpdump has failed, and knows why.
    throw (child.stdout.readableEnded ? await ended : null) ?? error;
  } finally {
    child.kill();
  }
  const failure = await ended;
  if (failure !== null) throw failure;
}

function notStarted(cause: NodeJS.ErrnoException): LiveError {
  if (cause.code === "ENOENT") {
    return new LiveError("NO_TOOL", "the command tcpdump is missing", "apt-get install tcpdump", { cause });
  }
  return new LiveError("SYSTEM", `tcpdump can't be started: ${cause.message}`, null, { cause });
}

function refused(device: string, said: string, signal: string | null): LiveError {
  const last = said.split("\n").findLast((line) => line.startsWith(PROMPT));
  const words = signal === null ? (last?.slice(PROMPT.length) ?? said.trim()) : `it was ended by ${signal}`;
  const message = `tcpdump on ${device}: ${words}`;
  if (/permission|not permitted/i.test(words)) return new LiveError("NO_PRIVILEGE", message, "run it as root");
  if (/no such device/i.test(words)) return new LiveError("NO_DEVICE", message, "ip link show");
  if (/is not up|is down/i.test(words)) return new LiveError("DEVICE_DOWN", message, `ip link set ${device} up`);
  return new LiveError("SYSTEM", message);
}
