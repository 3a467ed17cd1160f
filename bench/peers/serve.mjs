// What the drivers of the packages share: the other side of driver.ts. A driver is started with the path of a capture; it
// says on a line what a round goes through, then answers each line `round` with the nanoseconds that one took, and ends with
// its standard input.
import { readFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const CAPTURED_AT = 8;

// V8 compiles on other threads: both some rounds and some time have to pass before it has its best code.
const WARM_ROUNDS = 3;
const WARM_NANOSECONDS = 700_000_000n;

/**
 * A record of a pcap file: its header, as it stands in the file, and the frame.
 * @typedef {{ header: Buffer, octets: Buffer }} Frame
 */

/**
 * The records of a little-endian pcap file (excerpt.ts).
 * @param {Buffer} capture
 * @returns {Frame[]}
 */
export function framesOf(capture) {
  const frames = [];
  for (let at = FILE_HEADER; at < capture.length; ) {
    const header = capture.subarray(at, at + RECORD_HEADER);
    at += RECORD_HEADER;
    const octets = capture.subarray(at, (at += header.readUInt32LE(CAPTURED_AT)));
    frames.push({ header, octets });
  }
  return frames;
}

/**
 * A round of a decoder of single frames, over frames that are in memory. `decode` tells whether the frame was decoded as far
 * as the package goes; an exception says that it was not.
 * @param {readonly Frame[]} frames
 * @param {(frame: Frame) => boolean} decode
 */
export function eachFrame(frames, decode) {
  return {
    frames: frames.length,
    octets: frames.reduce((sum, { octets }) => sum + RECORD_HEADER + octets.length, 0),
    round() {
      let decoded = 0;
      for (const frame of frames) {
        try {
          if (decode(frame)) decoded++;
        } catch {}
      }
      return decoded;
    },
  };
}

/**
 * Warms a package up and serves rounds. A round gives how many frames it decoded, the same in each.
 * @param {(capture: Buffer) => Promise<Round> | Round} prepare
 * @typedef {{ frames: number, octets: number, round: () => Promise<number> | number }} Round
 */
export async function serve(prepare) {
  // What a package says would be taken for an answer.
  console.log = () => {};
  const { frames, octets, round } = await prepare(readFileSync(process.argv[2]));
  const decoded = await round();
  const timed = async () => {
    const start = process.hrtime.bigint();
    const count = await round();
    const spent = process.hrtime.bigint() - start;
    if (count !== decoded) throw new Error(`${count} frames were decoded, ${decoded} in the first round`);
    return spent;
  };
  let spent = 0n;
  for (let rounds = 0; frames > 0 && (rounds < WARM_ROUNDS || spent < WARM_NANOSECONDS); rounds++)
    spent += await timed();
  answer(JSON.stringify({ frames, octets, decoded }));
  for await (const line of createInterface({ input: process.stdin })) {
    if (line !== "round") throw new Error(`${JSON.stringify(line)}: expected round`);
    answer(`${await timed()}`);
  }
  process.exit();
}

/** @param {string} line */
function answer(line) {
  writeSync(1, `${line}\n`);
}
