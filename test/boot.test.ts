// The kernel's module: embedded, or given; one of another release is refused before anything is judged by it.
import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { batchOf, createClassifier, createDecoder } from "../ts/index.ts";
import { NOWHERE, POLICY, PUBLIC, SECRET } from "./dispatching.ts";
import { RAW } from "./packets.ts";

const test = suite("boot");
const octets = readFileSync(new URL("../build/dist/kernel.wasm", import.meta.url));
const frames = [PUBLIC, SECRET, NOWHERE].map((bytes) => ({ bytes, linkType: RAW }));

test("the kernel that is given judges like the embedded one", () => {
  const expected = [...createClassifier(POLICY).verdicts(batchOf(frames))];
  assert.ok(expected.some(({ partition }) => partition !== null));
  const buffer = new Uint8Array(octets).buffer;
  for (const wasm of [octets, new Uint8Array(octets), buffer, new WebAssembly.Module(octets)]) {
    assert.equal([...createClassifier(POLICY, { wasm }).verdicts(batchOf(frames))], expected);
    assert.is([...createDecoder({ wasm }).decode(batchOf(frames))].length, frames.length);
  }
});

test("another policy, and explaining, use the kernel that was given", () => {
  let made = 0;
  const { Instance } = WebAssembly;
  const module = new WebAssembly.Module(octets);
  try {
    WebAssembly.Instance = new Proxy(Instance, {
      construct(target, args: [WebAssembly.Module, WebAssembly.Imports]) {
        made++;
        assert.is(args[0], module);
        return new target(...args);
      },
    });
    const classifier = createClassifier(POLICY, { wasm: module });
    classifier.explain(frames[0]!.bytes);
    classifier.replacePolicy(POLICY);
    classifier.explain(frames[0]!.bytes);
  } finally {
    WebAssembly.Instance = Instance;
  }
  assert.is(made, 4);
});

test("another module, an older kernel, and what is no module are refused with what to do", () => {
  const other = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const older = new Uint8Array(octets);
  const last = older.length - 1;
  older[last] = older[last] === 0x30 ? 0x31 : 0x30;
  for (const [wasm, said] of [
    [other, /another program; use kernel\.wasm of the package/],
    [older, /labelgate's of another release; use kernel\.wasm of the package/],
    [octets.subarray(0, octets.length - 1), /no WebAssembly module/],
    [Uint8Array.of(1, 2, 3), /no WebAssembly module/],
    ["kernel.wasm", /expected a WebAssembly\.Module, Uint8Array or ArrayBuffer, got/],
    [null, /expected a WebAssembly\.Module/],
  ] as [Uint8Array, RegExp][]) {
    for (const make of [() => createClassifier(POLICY, { wasm }), () => createDecoder({ wasm })]) {
      assert.throws(make, (error: Error) => error instanceof TypeError && said.test(error.message), `${said}`);
    }
  }
});

test.run();
