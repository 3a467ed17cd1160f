// Memory while a large capture is classified: `npm run footprint [-- --gigabytes N]`. The recording of labelled bulk traffic
// is repeated to the size asked for, in a temporary file, and classified from there; resident memory is printed on the way.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readCaptureFile } from "../ts/capture/file.ts";
import { PCAP_HEADER_LENGTH } from "../ts/capture/pcap.ts";
import { createClassifier } from "../ts/classifier.ts";
import { RECORDING, RECORDING_POLICY } from "./recording.ts";

const GIGA = 1_000_000_000;
const MEGA = 1_000_000;
const SAMPLES = 10;

const { values } = parseArgs({ options: { gigabytes: { type: "string", default: "1" } } });
const size = Number(values.gigabytes) * GIGA;
if (!(size > 0)) throw new RangeError(`--gigabytes ${values.gigabytes}: expected a number above 0`);

const recording = readFileSync(RECORDING);
const folder = mkdtempSync(join(tmpdir(), "labelgate-"));
const path = join(folder, "bulk.pcap");

function writeCapture(): number {
  const file = openSync(path, "w");
  const records = recording.subarray(PCAP_HEADER_LENGTH);
  let written = writeSync(file, recording, 0, PCAP_HEADER_LENGTH);
  while (written < size) written += writeSync(file, records);
  closeSync(file);
  return written;
}

try {
  const total = writeCapture();
  const classifier = createClassifier(RECORDING_POLICY);
  let octets = 0;
  for (const name of classifier.partitions) {
    classifier.register(name, (delivery) => {
      for (const row of delivery.rows) octets += delivery.batch.capturedLength(row);
    });
  }
  const memory = (): number => process.memoryUsage.rss() / MEGA;
  console.log(`${(total / GIGA).toFixed(2)} GB; before: ${memory().toFixed(0)} MB resident`);
  const start = performance.now();
  let next = total / SAMPLES;
  let read = 0;
  for (const batch of readCaptureFile(path, { onProgress: (bytes) => (read = bytes) })) {
    classifier.dispatch(batch);
    if (read < next) continue;
    next += total / SAMPLES;
    console.log(`${((100 * read) / total).toFixed(0).padStart(4)} %: ${memory().toFixed(0)} MB resident`);
  }
  const seconds = (performance.now() - start) / 1000;
  const { frames, delivered, dropped } = classifier.stats();
  console.log(
    `${frames.toLocaleString("en-US")} frames in ${seconds.toFixed(1)} s: ${delivered.frames.toLocaleString("en-US")} delivered ` +
      `(${(octets / MEGA).toFixed(0)} MB captured), ${dropped.frames.toLocaleString("en-US")} dropped`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
