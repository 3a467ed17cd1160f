// pcap-ng-parser: a stream of a pcapng capture taken apart into blocks.
import { Readable } from "node:stream";
import PCAPNGParser from "pcap-ng-parser";
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
    const parser = new PCAPNGParser();
    parser.on("data", () => frames++);
    parser.on("error", reject);
    parser.on("close", () => resolve(frames)); // it never gives "end"
    Readable.from(chunksOf(capture), { objectMode: false }).pipe(parser);
  });
}

function* chunksOf(capture) {
  for (let at = 0; at < capture.length; at += CHUNK) yield capture.subarray(at, at + CHUNK);
}
