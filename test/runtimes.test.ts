// The packed package in Node, Deno, Bun and Chromium: the same cases, installed as a user installs it.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Block, blocksIn, exchanges } from "./documents.ts";
import { randomSeed } from "./generate/differential.ts";
import { has, required } from "./needs.ts";
import { materialOf } from "./runtimes/material.ts";
import type { Outcome } from "./runtimes/outcome.ts";
import { type Packed, pack } from "./runtimes/packed.ts";
import { binary, install } from "./runtimes/tools.ts";

const CHROMIUM = "/usr/bin/chromium";
/** Milliseconds for all cases in one runtime. */
const PATIENCE = 120_000;
/** Cases that hold everywhere, and those for where there are files. */
const EVERYWHERE = 12;
const WITH_FILES = 2;

const test = suite("runtimes");
const seed = Number(process.env.LABELGATE_SEED ?? randomSeed());
console.log(`seed ${seed}`);
const missing = install();
let packed: Packed;

const source = (name: string): string => fileURLToPath(new URL(`runtimes/suite/${name}.ts`, import.meta.url));

test.before(async () => {
  packed = pack();
  const { folder } = packed;
  writeFileSync(join(folder, "material.json"), JSON.stringify(materialOf(seed)));
  const common = { bundle: true, format: "esm", target: "es2022", logLevel: "warning" } as const;
  // The package is not bundled: each runtime finds it, and its workers, by itself.
  await build({
    ...{ ...common, platform: "node", external: ["labelgate"], packages: "bundle" },
    ...{ entryPoints: { cli: source("cli") }, outdir: folder, outExtension: { ".js": ".mjs" } },
  });
  const browser = { ...common, platform: "browser", outdir: folder } as const;
  await build({ ...browser, external: ["labelgate"], entryPoints: { page: source("browser") } });
  // A worker of a page knows no import map: there all is bundled, as users do, and the pool's worker put beside it.
  const entryPoints = { worker: "./page.js", "pool-worker": "labelgate/pool-worker" };
  await build({ ...browser, absWorkingDir: folder, outdir: join(folder, "bundled"), entryPoints });
});

test.after(() => packed?.remove());

function requireAll(outcomes: readonly Outcome[], cases: number): void {
  const failed = outcomes.filter(({ error }) => error !== null);
  assert.is(failed.map(({ name, error }) => `${name}: ${error}`).join("\n\n"), "");
  assert.is(outcomes.length, cases);
}

async function runIn(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, [...args, "cli.mjs"], {
    cwd: packed.folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" },
    timeout: PATIENCE,
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (piece: Buffer) => out.push(piece));
  child.stderr.on("data", (piece: Buffer) => err.push(piece));
  const [code] = await once(child, "close");
  const lines = Buffer.concat(out).toString().split("\n");
  const outcomes = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Outcome);
  requireAll(outcomes, EVERYWHERE + WITH_FILES);
  assert.equal([code, Buffer.concat(err).toString().trim()], [0, ""]);
}

test("Node: every case, from the packed package", () => runIn(process.execPath, []));

required(test, missing, "Deno: every case, from the packed package", () =>
  runIn(binary("deno"), ["run", "--no-prompt", "--allow-read", "--allow-write", "--allow-env"]),
);

required(test, missing, "Bun: every case, from the packed package", () => runIn(binary("bun"), ["run"]));

// It has no types, so Node takes it as it is.
const [first, shown] = ["ts", "console"].map((language) =>
  blocksIn("README.md").find((block) => block.language === language),
) as [Block, Block];

async function sayFirst(command: string, args: readonly string[]): Promise<void> {
  writeFileSync(join(packed.folder, "first.mjs"), first.text);
  const { stdout } = await promisify(execFile)(command, [...args, "first.mjs"], {
    cwd: packed.folder,
    env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" },
    timeout: PATIENCE,
  });
  assert.is(stdout.trim(), exchanges(shown.text)[0]!.printed);
}

test("Node: the README's first program says what it should", () => sayFirst(process.execPath, []));

required(test, missing, "Deno: the README's first program says what it should, without any right", () =>
  sayFirst(binary("deno"), ["run", "--no-prompt"]),
);

required(test, missing, "Bun: the README's first program says what it should", () => sayFirst(binary("bun"), ["run"]));

// Files of the folder; a page with an import map, and one without anything.
async function serve(folder: string): Promise<{ server: Server; origin: string }> {
  const types: Record<string, string> = {
    ".js": "text/javascript",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".html": "text/html",
  };
  const { exports } = JSON.parse(readFileSync(join(folder, "node_modules/labelgate/package.json"), "utf8")) as {
    exports: Record<string, string | { default: string }>;
  };
  const imports = Object.fromEntries(
    Object.entries(exports).flatMap(([name, target]) =>
      typeof target === "string"
        ? []
        : [[name.replace(".", "labelgate"), target.default.replace(".", "/node_modules/labelgate")]],
    ),
  );
  const page = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`;
  const server = createServer(({ url }, response) => {
    const path = decodeURIComponent(new URL(url!, "http://localhost").pathname);
    const send = (body: string | Buffer, type: string): void => {
      // No inline code but the map, no text that becomes code: as pages that are strict have it.
      const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'; worker-src 'self'";
      response.writeHead(200, { "content-type": type, "content-security-policy": policy });
      response.end(body);
    };
    if (path === "/page.html") return send(`${page}<script type="module" src="page.js"></script>`, "text/html");
    if (path === "/favicon.ico") return void response.writeHead(204).end();
    if (path === "/empty.html") return send("<!doctype html>", "text/html");
    try {
      send(readFileSync(join(folder, path)), types[extname(path)] ?? "application/octet-stream");
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const noBrowser = has(CHROMIUM) ? null : `${CHROMIUM} is not installed`;

required(
  test,
  noBrowser,
  "Chromium: every case, in a page by an import map, and in a worker from a bundle",
  async () => {
    const { server, origin } = await serve(packed.folder);
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
      });
      page.on("pageerror", ({ message }) => complaints.push(message));
      await page.goto(`${origin}/page.html`);
      await page.waitForSelector("html[data-state=done]", { state: "attached", timeout: PATIENCE });
      requireAll((await page.evaluate("globalThis.outcomes")) as Outcome[], EVERYWHERE);

      await page.goto(`${origin}/empty.html`);
      const ofWorker = await page.evaluate<unknown>(`new Promise((resolve, reject) => {
      const worker = new Worker("/bundled/worker.js", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    })`);
      requireAll(ofWorker as Outcome[], EVERYWHERE);
      assert.equal(complaints, []);
    } finally {
      await browser.close();
      server.close();
    }
  },
);

test.run();
