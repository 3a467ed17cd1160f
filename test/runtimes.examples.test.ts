// docs/examples with the packed package: type-checked, built as they say, and used.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { RECORDING, root } from "./commands.ts";
import { has, required } from "./needs.ts";
import { type Packed, pack } from "./runtimes/packed.ts";
import { binary, COMPILERS, install, modules } from "./runtimes/tools.ts";

const CHROMIUM = "/usr/bin/chromium";
/** Milliseconds that anything may take. */
const PATIENCE = 60_000;
const POLICY = join(root, "fixtures/policies/recording.json");

const test = suite("runtimes examples");
const missing = install();
let packed: Packed;
const at = (...names: string[]): string => join(packed.folder, ...names);

test.before(() => {
  packed = pack();
  for (const name of ["service", "deno", "browser-worker"]) {
    cpSync(join(root, "docs/examples", name), at(name), { recursive: true });
  }
  cpSync(POLICY, at("policy.json"));
  cpSync(RECORDING, at("labelled.pcap"));
  mkdirSync(at("node_modules/@types"), { recursive: true });
  for (const name of ["express", "@types/express"]) symlinkSync(join(modules, name), at("node_modules", name));
  for (const name of ["tsx", "@types/node"]) symlinkSync(join(root, "node_modules", name), at("node_modules", name));
});

test.after(() => packed?.remove());

function check(name: string, types: readonly string[]): void {
  const compilerOptions = {
    ...{ target: "es2022", lib: ["es2023", "dom", "dom.iterable"], module: "nodenext", types, skipLibCheck: true },
    ...{ strict: true, noEmit: true, allowImportingTsExtensions: true, exactOptionalPropertyTypes: true },
  };
  writeFileSync(at(name, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  execFileSync(process.execPath, [COMPILERS["7"]!, "-p", at(name)], { stdio: ["ignore", "inherit", "inherit"] });
}

async function started(child: ChildProcess): Promise<string> {
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  return line.toString().trim();
}

required(test, missing, "service: captures go in, frames come out, counters are told", async () => {
  check("service", ["node"]);
  const { scripts } = JSON.parse(readFileSync(at("service/package.json"), "utf8"));
  assert.is(scripts.start, "tsx server.ts");
  const child = spawn(process.execPath, ["--import", "tsx", "server.ts", "../policy.json", "0"], {
    cwd: at("service"),
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const address = await started(child);
    const ask = (path: string, body?: Uint8Array<ArrayBuffer>): Promise<Response> =>
      fetch(`${address}${path}`, body === undefined ? {} : { method: "POST", body });
    const listening = new AbortController();
    const staff = await fetch(`${address}/partitions/staff`, { signal: listening.signal });
    assert.is((await ask("/partitions/staff")).status, 409);
    assert.is((await ask("/partitions/nobody")).status, 409);
    const capture = new Uint8Array(readFileSync(RECORDING));
    const answers = await Promise.all([ask("/captures", capture), ask("/captures", capture)]);
    for (const answer of answers) assert.equal(await answer.json(), { delivered: 115, dropped: 537 });

    const broken = await ask("/captures", capture.subarray(0, 5000));
    assert.is(broken.status, 422);
    assert.ok(((await broken.json()) as { offset: number }).offset > 4000);
    assert.is((await ask("/captures", new TextEncoder().encode("no capture"))).status, 422);

    const lines: string[] = [];
    const decoder = new TextDecoder();
    let text = "";
    for await (const piece of staff.body!) {
      text += decoder.decode(piece, { stream: true });
      lines.splice(0, lines.length, ...text.split("\n").slice(0, -1));
      if (lines.length >= 32) break;
    }
    assert.is(lines.length, 32);
    for (const line of lines) assert.match(JSON.parse(line).binding, /^(echo-tcp|ping)$/);
    listening.abort();
    const metrics = await (await ask("/metrics")).text();
    assert.match(metrics, /^labelgate_delivered_frames_total\{partition="staff",binding="ping"\} 4$/m);
  } finally {
    child.kill();
  }
});

required(test, missing, "deno: a pipe is judged, line by line, with no right but to read the policy", async () => {
  const deno = binary("deno");
  const env = { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  execFileSync(deno, ["check", "--node-modules-dir=manual", "deno/watch.ts"], {
    cwd: packed.folder,
    env,
    stdio: "pipe",
  });
  const said = execFileSync(
    deno,
    ["run", "--no-prompt", "--node-modules-dir=manual", "--allow-read", "deno/watch.ts", "policy.json"],
    { cwd: packed.folder, env, encoding: "utf8", input: readFileSync(RECORDING), timeout: PATIENCE, stdio: "pipe" },
  );
  const lines = said.trim().split("\n");
  assert.is(lines.length, 652);
  assert.ok(lines.includes("12 0 to public/echo-tcp"));
  assert.ok(lines.includes("1 dropped: NOT_IP, octet 12"));
});

const noBrowser = has(CHROMIUM) ? missing : `${CHROMIUM} is not installed`;

required(test, noBrowser, "browser-worker: a page judges a capture in a worker", async () => {
  check("browser-worker", []);
  const { scripts } = JSON.parse(readFileSync(at("browser-worker/package.json"), "utf8"));
  assert.is(scripts.build, "esbuild page.ts worker.ts --bundle --format=esm --target=es2022 --outdir=.");
  const folder = at("browser-worker");
  await build({
    ...{ absWorkingDir: folder, entryPoints: ["page.ts", "worker.ts"], outdir: "." },
    ...{ bundle: true, format: "esm", target: "es2022", logLevel: "warning" },
  });
  assert.ok(readdirSync(folder).includes("worker.js"));
  const types: Record<string, string> = { ".js": "text/javascript", ".html": "text/html" };
  const server = createServer(({ url }, response) => {
    const name = url === "/" ? "index.html" : url!.slice(1);
    const type = types[extname(name)];
    if (type === undefined) response.writeHead(204).end();
    else response.writeHead(200, { "content-type": type }).end(readFileSync(join(folder, name)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", ({ message }) => complaints.push(message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.setInputFiles("#capture", at("labelled.pcap"));
    await page.setInputFiles("#policy", at("policy.json"));
    await page.waitForFunction("document.querySelector('#said').textContent === 'Done.'", null, { timeout: PATIENCE });
    const rows = await page.locator("#rows tr").allInnerTexts();
    assert.ok(rows.includes("audit\t36\t6,002"), rows.join("\n"));
    assert.ok(
      rows.some((row) => row.startsWith("NOT_OURS\t149\t")),
      rows.join("\n"),
    );
    await page.setInputFiles("#policy", { name: "bad.json", mimeType: "application/json", buffer: Buffer.from("{}") });
    await page.waitForFunction("document.querySelector('#said').textContent.startsWith('the policy has')", null, {
      timeout: PATIENCE,
    });
    assert.equal(complaints, []);
  } finally {
    await browser.close();
    server.close();
  }
});

test.run();
