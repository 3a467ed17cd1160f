// Wireshark's dissectors in WebAssembly: a capture loaded, and the frames that a display filter finds listed.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { serve } from "../serve.mjs";

const FILTER = "ip.cipso.sensitivity_level || ipv6.opt.calipso.sens_level";
const ALL = 0;

const require = createRequire(import.meta.url);
const script = require.resolve("@goodtools/wiregasm/dist/wiregasm");

serve(async (capture) => {
  const wireshark = await require(script)({
    locateFile: (path) => join(dirname(script), path),
    print() {},
    printErr() {},
  });
  wireshark.init();
  const path = `${wireshark.getUploadDirectory()}/excerpt.pcap`;
  wireshark.FS.writeFile(path, capture);
  const session = new wireshark.DissectSession(path);
  const frames = session.load().summary.packet_count;
  session.delete();
  return { frames, octets: capture.length, round: () => find(wireshark, path) };
});

function find(wireshark, path) {
  const session = new wireshark.DissectSession(path);
  const { code, error } = session.load();
  if (code !== 0) throw new Error(`wiregasm cannot load the capture: ${error}`);
  const { frames, matched } = session.getFrames(FILTER, 0, ALL);
  frames.delete();
  session.delete();
  return matched;
}
