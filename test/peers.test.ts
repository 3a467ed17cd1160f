// What the benchmark compares with: pinned, apart from our own dependencies, and said in words. Nothing is installed here.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Workload } from "../bench/lane.ts";
import { laneName, npmLane, PEERS } from "../bench/peers/npm.ts";
import { PACKAGES } from "../bench/peers/packages.ts";
import { PROGRAMS, programLane } from "../bench/peers/programs.ts";

const test = suite("peers");
const json = (path: string): Record<string, never> => JSON.parse(readFileSync(path, "utf8"));
const WORKLOAD = {} as Workload;

for (const peer of PACKAGES) {
  const folder = join(PEERS, peer.name);

  test(`${peer.name} is pinned, locked and private, and has a driver`, () => {
    const { dependencies, private: isPrivate } = json(join(folder, "package.json"));
    assert.ok(isPrivate);
    assert.equal(Object.keys(dependencies!), [peer.package]);
    const version = dependencies![peer.package]!;
    assert.match(version, /^\d+\.\d+\.\d+$/);
    const { packages } = json(join(folder, "package-lock.json"));
    assert.is((packages as Record<string, { version: string }>)[`node_modules/${peer.package}`]!.version, version);
    assert.ok(existsSync(join(folder, "driver.mjs")));
    assert.ok(peer.what.length > 20);
  });
}

test("no peer is a dependency of ours", () => {
  const { dependencies = {}, devDependencies = {} } = json(join(PEERS, "../../package.json"));
  for (const peer of PACKAGES) assert.not.ok(peer.package in { ...dependencies, ...devDependencies }, peer.package);
});

test("a package that is not installed, or in another version, says what mends it", async () => {
  const peers = mkdtempSync(join(tmpdir(), "labelgate-"));
  try {
    const [peer] = PACKAGES;
    const folder = join(peers, peer!.name);
    const installed = join(folder, "node_modules", peer!.package);
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ dependencies: { [peer!.package]: "1.2.3" } }));
    const lane = npmLane(peer!, peers);
    assert.is(lane.name, laneName(peer!));
    assert.is(
      await lane.open(WORKLOAD),
      `${peer!.package} 1.2.3 is not installed: npm run bench:peers, or npm ci in bench/peers/${peer!.name}`,
    );
    writeFileSync(join(installed, "package.json"), JSON.stringify({ version: "1.2.4" }));
    assert.match((await lane.open(WORKLOAD)) as string, /is installed as 1\.2\.4: npm run bench:peers/);
    assert.is(lane.versionOf(), "1.2.4");
  } finally {
    rmSync(peers, { recursive: true, force: true });
  }
});

test("a program that is missing names its package", async () => {
  const lane = programLane({ ...PROGRAMS[0]!, name: "no-such-program" });
  assert.is(lane.versionOf(), null);
  assert.is(await lane.open(WORKLOAD), "no-such-program is not installed: apt-get install -y no-such-program");
});

test.run();
