// `labelgate demo`: serves the page's own files on loopback, to those who ask for loopback, and nothing else.
import { request } from "node:http";
import { createServer } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { DEMO_CSP } from "../ts/demo/csp.ts";
import { serve } from "./browser.ts";
import { labelgate } from "./commands.ts";

const test = suite("demo.server");

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks with a path as it is: a URL would be tidied first. */
function ask(address: string, path: string, options: { method?: string; host?: string } = {}): Promise<Answer> {
  const { hostname, port, host } = new URL(address);
  return new Promise((resolve, reject) => {
    const headers = { host: options.host ?? host };
    request({ hostname, port, path, method: options.method ?? "GET", headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () =>
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          body: Buffer.concat(pieces).toString("latin1"),
        }),
      );
    })
      .on("error", reject)
      .end();
  });
}

test("the page's files, with a policy of what they may do, and nothing beside them", async () => {
  const { address, close } = await serve();
  try {
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    for (const path of ["/", "/index.html", "/page.js", "/worker.js", "/style.css", "/icon.svg", "/capture.pcap"]) {
      const { status, headers, body } = await ask(address, path);
      assert.is(status, 200, path);
      assert.is(headers["content-security-policy"], DEMO_CSP);
      assert.is(headers["x-content-type-options"], "nosniff");
      assert.is(Number(headers["content-length"]), body.length);
    }
    const index = await ask(address, "/?x=1");
    assert.ok(index.body.includes(`content="${DEMO_CSP}"`), "the page has it too, for other servers");
    assert.not.match(DEMO_CSP, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|https?:/);
    for (const path of [
      "/../labelgate.js",
      "/%2e%2e/labelgate.js",
      "/..%2flabelgate.js",
      "/x.js",
      "/demo/",
      "//",
      "/..",
    ]) {
      assert.is((await ask(address, path)).status, 404, path);
    }
    assert.is((await ask(address, "/", { method: "POST" })).status, 405);
    const head = await ask(address, "/", { method: "HEAD" });
    assert.equal([head.status, head.body], [200, ""]);
    assert.is((await ask(address, "/", { host: "evil.example" })).status, 421);
    const { port } = new URL(address);
    assert.is((await ask(address, "/", { host: `localhost:${port}` })).status, 200);
  } finally {
    await close();
  }
});

test("the port can be given; one that is in use is said", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as { port: number };
  const refused = await labelgate(["demo", "--port", `${port}`]);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, new RegExp(`port ${port} is in use`));
  await new Promise((resolve) => taken.close(resolve));
  const { address, close } = await serve(["--port", `${port}`]);
  await close();
  assert.is(address, `http://127.0.0.1:${port}/`);
});

test("the highest port, and one more", async () => {
  for (const port of ["65536", "-1", "x", "1.5"]) {
    const { code, stderr } = await labelgate(["demo", "--port", port]);
    assert.is(code, 2, port);
    assert.match(stderr, /expected 0 to 65535/);
  }
  const { address, close } = await serve(["--port", "65535"]);
  await close();
  assert.is(address, "http://127.0.0.1:65535/");
});

test.run();
