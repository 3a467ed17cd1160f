// The browser demo: its page, worker and chunks, with the built-in capture and policy, into a folder that any web server can
// serve as it is.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { DEMO_CSP } from "../ts/demo/csp.ts";

/** Bundles the demo into `to`. Returns what its bundles hold. */
export async function buildDemo(root: string, to: string, common: BuildOptions): Promise<Metafile> {
  await mkdir(to, { recursive: true });
  const { metafile } = await build({
    ...common,
    outdir: to,
    entryPoints: { page: "ts/demo/page.ts", worker: "ts/demo/worker.ts", style: "ts/demo/style.css" },
    chunkNames: "[name]-[hash]",
    splitting: true,
    minify: true,
    sourcemap: false,
    metafile: true,
    platform: "browser",
  });
  const html = await readFile(join(root, "ts/demo/index.html"), "utf8");
  await writeFile(join(to, "index.html"), html.replace("%CSP%", DEMO_CSP));
  await copyFile(join(root, "ts/demo/icon.svg"), join(to, "icon.svg"));
  await copyFile(join(root, "fixtures/captures/cipso-calipso-doi16-tag1-veth-A.pcap"), join(to, "capture.pcap"));
  await copyFile(join(root, "fixtures/policies/recording.json"), join(to, "policy.json"));
  return metafile!;
}
