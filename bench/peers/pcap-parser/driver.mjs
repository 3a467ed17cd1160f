// pcap-parser: a stream of a capture taken apart into records.
import { Readable } from "node:stream";
import parser from "pcap-parser";
import { serve } from "../serve.mjs";

/** What fs.createReadStream gives at a time. */
const CHUNK = 65_536;

serve(async (capture) => {
  const round = () => parse(capture);
  return { frames: await round(), octets: capture.length, round };
});

function parse(capture) {
  return new Promise((resolve, reject) => {
    let frames = 0;
    const parsing = parser.parse(Readable.from(chunksOf(capture), { objectMode: false }));
    parsing.on("packet", () => frames++);
    parsing.on("error", reject);
    parsing.on("end", () => resolve(frames));
  });
}

function* chunksOf(capture) {
  for (let at = 0; at < capture.length; at += CHUNK) yield capture.subarray(at, at + CHUNK);
}
