// The demo in a browser: what it shows is what the command line says, whatever a person does to it.
import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { MAX_SHOWN } from "../ts/demo/panes/bytes.ts";
import { TOUR } from "../ts/demo/tour.ts";
import { browsing, leave, visiting } from "./browser.ts";
import { at, file, outputOf, POLICY, pcap, RECORDING } from "./commands.ts";

const test = suite("demo.page");

const policy = readFileSync(POLICY, "utf8");

/** Frames by partition, and by reason of the drops; none is left out that has none. */
interface Lanes {
  readonly rooms: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
}

const shown = async (page: Page): Promise<Lanes> => {
  const read = (selector: string): Promise<[string, number][]> =>
    page.$$eval(selector, (buttons) =>
      buttons.map((button): [string, number] => [
        button.querySelector(".name")!.textContent!,
        Number(button.querySelector(".count")!.textContent!.replaceAll(",", "")),
      ]),
    );
  return {
    rooms: Object.fromEntries(await read("#rooms-body .lane")),
    reasons: Object.fromEntries(await read("#rooms-body .reason")),
  };
};

/** The same by the command line. */
async function counted(capture: string, policyFile: string = POLICY): Promise<Lanes> {
  const args = ["classify", capture, "--policy", policyFile, "--format", "text"];
  const text = await outputOf(args, { limit: 60_000 });
  const lines = [...text.matchAll(/^( +)(\S+) +([\d,]+) +[\d,]+ +[<\d.]+ %/gm)].map(
    ([, indent, name, frames]) => [indent!.length, name!, Number(frames!.replaceAll(",", ""))] as const,
  );
  const rooms = lines.filter(([indent, name]) => indent === 1 && name !== "delivered");
  const reasons = lines.filter(([indent, name]) => indent > 1 && !name.includes("/"));
  return {
    rooms: Object.fromEntries(rooms.map(([, name, frames]) => [name, frames])),
    reasons: Object.fromEntries(reasons.map(([, name, frames]) => [name, frames])),
  };
}

const verdict = (page: Page): Promise<string> => page.locator("#verdict").innerText();

/** Waits until a part of the page says something. */
async function says(page: Page, selector: string, wanted: RegExp): Promise<void> {
  const locator = page.locator(selector);
  for (const end = Date.now() + 20_000; Date.now() < end; await page.waitForTimeout(20)) {
    if (wanted.test((await locator.textContent()) ?? "")) return;
  }
  assert.match((await locator.textContent()) ?? "", wanted);
}

/** Puts a text into the editor, as a person would paste it. */
async function setPolicy(page: Page, text: string): Promise<void> {
  await page.locator("#editor .cm-content").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

/** Looks at a frame, by the strip and the keys. */
async function select(page: Page, frame: number): Promise<void> {
  await page.locator("#packet-scroller").focus();
  await page.keyboard.press("Home");
  await says(page, "#verdict", /^frame 1 /);
  for (let now = 1; now < frame; now++) await page.keyboard.press("ArrowDown");
  await says(page, "#verdict", new RegExp(`^frame ${frame} `));
}

browsing(test, "it opens on a capture, judged: rooms have the command line's counts", async () => {
  await visiting(async ({ page }) => {
    assert.equal(await shown(page), await counted(RECORDING));
    assert.is(await verdict(page), "frame 149 → staff/echo-tcp");
    assert.match(await page.locator("#capture-size").innerText(), /^652 frames/);
    await page.waitForSelector("#meter-body .ways");
    assert.match(await page.locator("#meter-body").innerText(), /million frames a second/);
  });
});

browsing(test, "a bit flipped and a byte typed move the packet; undone, it is back", async () => {
  await visiting(async ({ page }) => {
    const before = await shown(page);
    // Octet 43 is the level: 1 becomes 0, and the label 0:7 nobody's.
    await page.locator('#octets [data-at="43"]').click();
    await page.locator("#octet-bits button").nth(7).click();
    await says(page, "#verdict", /dropped: NO_PARTITION/);
    const flipped = await shown(page);
    assert.is(flipped.rooms.staff, before.rooms.staff! - 1);
    assert.is(flipped.rooms.dropped, before.rooms.dropped! + 1);
    assert.is(flipped.reasons.NO_PARTITION, before.reasons.NO_PARTITION! + 1);
    // Octet 44 has category 7, its last bit: without it the label is 0, and public's.
    await page.locator('#octets [data-at="44"]').focus();
    await page.keyboard.type("00");
    await says(page, "#verdict", /→ public\/echo-tcp/);
    assert.is((await shown(page)).rooms.public, before.rooms.public! + 1);
    assert.is(await page.locator("#edit-count").innerText(), "1 frame is edited");
    assert.is(
      await page
        .locator('#octets [data-at="44"]')
        .getAttribute("class")
        .then((names) => names!.includes("is-edited")),
      true,
    );
    await page.locator("#undo").click();
    await page.locator("#undo").click();
    await says(page, "#verdict", /dropped: NO_PARTITION|staff/);
    await page
      .locator("#undo-all")
      .click()
      .catch(() => {});
    await says(page, "#verdict", /→ staff\/echo-tcp/);
    assert.equal(await shown(page), before);
  });
});

browsing(
  test,
  "a broken policy shows its problems and changes nothing; a good one says who moved, and why",
  async () => {
    await visiting(async ({ page }) => {
      const before = await shown(page);
      const broken = policy
        .replace('"label": "INTERNAL STAFF"', '"label": "INTERNAL STUFF"')
        .replace("7777/udp", "7777/upd");
      await setPolicy(page, broken);
      await says(page, "#policy-status", /problems, nothing changed/);
      const problems = await page.locator("#policy-problems .problem").allInnerTexts();
      assert.ok(
        problems.some((text) => /partitions\[2\]\.label/.test(text) && /STUFF/.test(text)),
        problems.join("\n"),
      );
      assert.ok(problems.some((text) => /multilevelPorts/.test(text)));
      const underlined = await page.locator("#editor .cm-lintRange-error").allInnerTexts();
      assert.ok(
        underlined.some((text) => text.includes("STUFF")),
        underlined.join("\n"),
      );
      assert.equal(await shown(page), before);
      assert.is(await verdict(page), "frame 149 → staff/echo-tcp");
      await page.locator("#policy-problems .problem").first().click();
      assert.ok(await page.evaluate(() => document.activeElement?.id === "editor"), "a problem leads to its place");

      const good = policy.replace('"label": "INTERNAL STAFF"', '"label": "PUBLIC ALPHA"').replace('"net0"', '"net1"');
      await setPolicy(page, good);
      await says(page, "#policy-status", /^in force/);
      await says(page, "#verdict", /dropped: NO_PARTITION/);
      assert.equal(await shown(page), await counted(RECORDING, file("good.json", good)));
      await says(page, "#moves-lead", /moved 16 packets/);
      assert.match(
        await page.locator("#moves-body").innerText(),
        /staff[\s\S]*NO_PARTITION[\s\S]*no partition has this label/,
      );
      await page.locator("#policy-reset").click();
      await says(page, "#verdict", /→ staff\/echo-tcp/);
      assert.equal(await shown(page), before);
    });
  },
);

/** Octets of the large capture, at least. */
const LARGE = 100_000_000;
/** Milliseconds that the page may be busy at a time. */
const FROZEN = 100;

browsing(test, "100 MB are judged while the page stays awake, and no frame is lost", async () => {
  const recording = readFileSync(RECORDING);
  const large = at("large.pcap");
  writeFileSync(large, recording);
  let times = 1;
  for (; statSync(large).size < LARGE; times++) appendFileSync(large, recording.subarray(24));
  const frames = 652 * times;
  await visiting(async ({ page, browser }) => {
    await page.waitForSelector("#meter-body .ways");
    await browser.startTracing(page, { categories: ["toplevel"] });
    await page.setInputFiles("#capture-file", large);
    await says(page, "#capture-name", /^large\.pcap$/);
    await page.waitForTimeout(300);
    const busy = busiest(await browser.stopTracing());
    assert.is(await page.locator("#notice").textContent(), "");
    console.log(`the longest task of the page's thread: ${busy.toFixed(1)} ms`);
    assert.ok(busy > 0 && busy <= FROZEN, `${busy} ms`);
    assert.equal(await shown(page), await counted(large));
    // To its end, and back, by keys.
    await page.locator("#packet-scroller").focus();
    await page.keyboard.press("End");
    await says(page, "#verdict", new RegExp(`^frame ${frames} `));
    await page.keyboard.press("ArrowUp");
    await says(page, "#verdict", new RegExp(`^frame ${frames - 1} `));
    await page.waitForSelector(`#frame-${frames - 1}[aria-selected=true]`);
  });
});

/** The longest task of a page's main thread, in milliseconds of its own: what other processes took is not the page's. */
function busiest(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as {
    traceEvents: { name: string; pid: number; tid: number; tdur?: number; args?: { name?: string } }[];
  };
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(({ pid, tid, tdur }) => tdur !== undefined && mains.has(`${pid} ${tid}`));
  return Math.max(0, ...tasks.map(({ tdur }) => tdur! / 1000));
}

browsing(test, "a capture can be dropped; what is none is said, and everything stays", async () => {
  await visiting(async ({ page }) => {
    const drop = (name: string, octets: readonly number[]): Promise<void> =>
      page.evaluate(
        ([given, list]) => {
          const data = new DataTransfer();
          data.items.add(new File([Uint8Array.from(list as number[])], given as string));
          dispatchEvent(new DragEvent("dragover", { dataTransfer: data, cancelable: true }));
          dispatchEvent(new DragEvent("drop", { dataTransfer: data, cancelable: true }));
        },
        [name, octets] as const,
      );
    const before = await shown(page);
    await drop("notes.txt", [...new TextEncoder().encode("these are notes")]);
    await says(page, "#notice", /notes\.txt: .*(?:not|no) .*capture|pcap/i);
    assert.equal(await shown(page), before);
    const part = readFileSync(RECORDING).subarray(0, 20_000);
    await drop("part.pcap", [...part]);
    await says(page, "#capture-name", /^part\.pcap$/);
    await says(page, "#notice", /part\.pcap was read only in part: .*cut off/);
    assert.ok((await shown(page)).rooms.public! > 0);
  });
});

browsing(test, "no key is lost, however fast they come", async () => {
  await visiting(async ({ page }) => {
    await page.locator("#packet-scroller").focus();
    for (const [times, frame] of [
      [20, 21],
      [45, 46],
      [3, 4],
    ] as const) {
      await page.evaluate((count) => {
        const list = document.getElementById("packet-scroller")!;
        for (let i = 0; i <= count; i++) {
          list.dispatchEvent(new KeyboardEvent("keydown", { key: i === 0 ? "Home" : "ArrowDown", bubbles: true }));
        }
      }, times);
      await says(page, "#verdict", new RegExp(`^frame ${frame} `));
      await page.keyboard.press("End");
      for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowUp");
      await says(page, "#verdict", /^frame 649 /);
    }
  });
});

browsing(test, "as many octets as are shown, and one more", async () => {
  const packets = [MAX_SHOWN, MAX_SHOWN + 1].map((length) => new Uint8Array(length));
  const capture = pcap("long.pcap", packets);
  await visiting(async ({ page }) => {
    await page.setInputFiles("#capture-file", capture);
    await says(page, "#verdict", /^frame 1 dropped/);
    assert.equal(
      [await page.locator(".octet").count(), await page.locator("#octets-more").textContent()],
      [MAX_SHOWN, ""],
    );
    await page.locator("#packet-scroller").focus();
    await page.keyboard.press("End");
    await says(page, "#octets-more", /^… 1 more$/);
    assert.is(await page.locator(".octet").count(), MAX_SHOWN);
  });
});

browsing(test, "rooms and reasons filter the list; a reason says what it means", async () => {
  await visiting(async ({ page }) => {
    await page.locator('#rooms-body .reason[data-room="NO_BINDING"]').click();
    await says(page, "#packet-filter", /^NO_BINDING$/);
    await says(page, "#reason-why", /NO_BINDING: nothing of the partition is bound to this port/);
    await page.waitForFunction(() => document.querySelectorAll("#packet-lines .line").length > 0);
    await page.locator("#packet-scroller").focus();
    await page.keyboard.press("End");
    await says(page, "#verdict", /dropped: NO_BINDING/);
    assert.is(await page.locator("#packet-lines .line").last().getAttribute("aria-setsize"), "18");
    await page.locator('#rooms-body .lane[data-room="finance"]').click();
    await says(page, "#packet-filter", /^finance$/);
    await page.locator('#rooms-body .lane[data-room="finance"]').click();
    await says(page, "#packet-filter", /^all$/);
  });
});

browsing(test, "the tour: each step shows its packet where the step says", async () => {
  await visiting(async ({ page }) => {
    const before = await shown(page);
    await page.locator("#tour-start").click();
    for (const [i, { title, frame, to }] of TOUR.entries()) {
      await says(page, "#tour-title", new RegExp(`^${title}$`));
      assert.is(await page.locator("#tour-count").innerText(), `${i + 1} of 7`);
      const where = "partition" in to ? `frame ${frame} → ${to.partition}` : `frame ${frame} dropped: ${to.reason}`;
      await says(page, "#verdict", new RegExp(`^${where}`));
      await page.locator("#tour-next").click();
    }
    await page.waitForSelector("#tour-card", { state: "hidden" });
    assert.equal(await shown(page), before);
    assert.ok(await page.evaluate(() => document.activeElement?.id === "tour-start"), "focus comes back");
  });
});

browsing(test, "a link brings back what was shown; a bad one is said", async () => {
  let hash = "";
  let lanes: Lanes | undefined;
  const changed = policy.replace('"label": "INTERNAL STAFF"', '"label": "PUBLIC ALPHA"');
  const permissions = ["clipboard-read", "clipboard-write"];
  await visiting(
    async ({ page }) => {
      await setPolicy(page, changed);
      await says(page, "#verdict", /dropped: NO_PARTITION/);
      await page.locator('#octets [data-at="43"]').focus();
      await page.keyboard.type("04");
      await page.locator('#octets [data-at="44"]').focus();
      await page.keyboard.type("54");
      await says(page, "#verdict", /→ planning/);
      await page.locator("#link").click();
      await says(page, "#notice", /Copied a link/);
      const link = await page.evaluate(() => navigator.clipboard.readText());
      hash = new URL(link).hash;
      lanes = await shown(page);
      await page.locator("#copy-vector").click();
      await says(page, "#notice", /Copied the test vector/);
      const vector = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
      assert.equal(vector.expect.label, { scheme: "cipso", doi: 16, level: 4, categories: [1, 3, 5] });
    },
    { permissions },
  );
  await visiting(
    async ({ page }) => {
      assert.is(await verdict(page), "frame 149 → planning");
      assert.equal(await shown(page), lanes);
      assert.ok((await page.locator("#editor .cm-content").innerText()).startsWith("{"));
    },
    { hash },
  );
  await visiting(
    async ({ page }) => {
      await says(page, "#notice", /not one of this page/);
      assert.is(await verdict(page), "frame 149 → staff/echo-tcp");
    },
    { hash: `${hash.slice(0, -9)}AAAAAAAA` },
  );
});

/** What has the focus, and whether an outline shows it. */
const focused = (page: Page): Promise<{ id: string; isSeen: boolean }> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const within = element.shadowRoot?.querySelectorAll(".cm-editor, .cm-scroller") ?? [element];
    const isSeen = [...within].some((part) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(part);
      return outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 1;
    });
    return { id: element.id || element.dataset.room || element.className || element.tagName, isSeen };
  });

browsing(test, "everything can be reached and done with keys, and what has the focus is seen", async () => {
  await visiting(async ({ page }) => {
    await select(page, 3);
    await page.keyboard.press("PageDown");
    await says(page, "#verdict", /^frame (?!3 )\d+/);
    const reached = new Set<string>();
    await page.locator("#tour-start").focus();
    for (let i = 0; i < 90; i++, await page.keyboard.press("Tab")) {
      let { id, isSeen } = await focused(page);
      // The editor shows its focus a moment later.
      for (let look = 0; look < 20 && !isSeen; look++) {
        await page.waitForTimeout(20);
        ({ id, isSeen } = await focused(page));
      }
      if (id === "page") break;
      reached.add(id);
      assert.ok(isSeen, `the focus is not seen at ${id}`);
    }
    const wanted = ["tour-start", "link", "open", "packet-scroller", "copy-vector", "staff", "dropped", "NO_PARTITION"];
    for (const id of [...wanted, "editor", "policy-reset", "measure"]) {
      assert.ok(reached.has(id), `${id} is not among ${[...reached].join(", ")}`);
    }
    assert.ok([...reached].some((id) => id.startsWith("octet ")) && reached.has("bit"));
  });
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(() =>
    (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run(),
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
}

browsing(test, "axe finds nothing: light, dark, on a phone, in the tour, with problems", async () => {
  const ways = [
    { colorScheme: "light" },
    { colorScheme: "dark", reducedMotion: "reduce" },
    { colorScheme: "light", viewport: { width: 390, height: 844 }, hasTouch: true },
  ] as const;
  for (const way of ways) {
    await visiting(
      async ({ page }) => {
        await page.waitForSelector("#meter-body .ways");
        assert.equal(await violations(page), []);
        await setPolicy(page, policy.replace('"PUBLIC ALPHA"', "1").replace('"label": "PUBLIC"', '"label": "PUBLICK"'));
        await says(page, "#policy-status", /problem/);
        await page.locator("#tour-start").click();
        await says(page, "#verdict", /staff/);
        await page.locator("#tour-next").click();
        await says(page, "#verdict", /LABEL_REQUIRED/);
        assert.equal(await violations(page), []);
      },
      // The scanner is a script of the test's, which the page's own policy would refuse.
      { ...way, bypassCSP: true },
    );
  }
});

browsing(test, "nothing is wider than the window, and at 1280 × 720 all is in view", async () => {
  const sizes = [
    { width: 1280, height: 720 },
    { width: 1920, height: 1080 },
    { width: 1000, height: 800 },
    { width: 390, height: 844 },
    { width: 320, height: 640 },
  ];
  for (const viewport of sizes) {
    await visiting(
      async ({ page }) => {
        const { wide, high } = await page.evaluate(() => ({
          wide: document.documentElement.scrollWidth,
          high: document.documentElement.scrollHeight,
        }));
        assert.ok(wide <= viewport.width, `${wide} of ${viewport.width}`);
        if (viewport.width > 1180) assert.is(high, viewport.height);
      },
      { viewport },
    );
  }
});

browsing(test, "who wants no motion gets none", async () => {
  await visiting(
    async ({ page }) => {
      const moving = await page.evaluate(() => document.getAnimations().length);
      assert.is(moving, 0);
    },
    { reducedMotion: "reduce" },
  );
});

test.after(leave);
test.run();
