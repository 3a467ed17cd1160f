// Prints the labels that a device's frames carry, each once: node wire.mjs lgw0
import { createDecoder } from "../../build/dist/index.js";
import { openDevice } from "../../build/dist/live.js";

const decoder = createDecoder();
const seen = new Set();
for await (const batch of await openDevice(process.argv[2])) {
  for (const { src, dst, label } of decoder.decode(batch)) {
    if (label === null) continue;
    const { scheme, doi, level, categories } = label;
    const said = `${src} to ${dst}: ${scheme.toUpperCase()}, DOI ${doi}, level ${level}, categories ${categories || "none"}`;
    if (!seen.has(said)) console.log(said);
    seen.add(said);
  }
}
