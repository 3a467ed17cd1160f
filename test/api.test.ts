// docs/api is what the doc comments say.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { API, textsIn, writeApi } from "../build/api.ts";
import { root } from "./commands.ts";
import { required } from "./needs.ts";
import { install } from "./runtimes/tools.ts";

const test = suite("api");

required(test, install(), "docs/api is what npm run api makes of the doc comments", async () => {
  const folder = mkdtempSync(join(tmpdir(), "labelgate-api-"));
  try {
    await writeApi(folder);
    assert.equal(textsIn(join(root, API)), textsIn(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("every entry has a page", () => {
  const pages = textsIn(join(root, API));
  assert.match(pages.get("README.md")!, /labelgate\/sinks\/drop-log/);
  for (const name of ["labelgate.md", "labelgate/pool.md", "labelgate/policy.md", "labelgate/sinks/worker.md"]) {
    assert.ok(pages.has(name), name);
  }
  assert.match(pages.get("labelgate.md")!, /`PolicyError`: /);
});

test.run();
