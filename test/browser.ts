// Debian's Chromium, driven by playwright-core, on the page as its users get it: served by the built command.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { command } from "./commands.ts";
import { optional } from "./needs.ts";

const CHROMIUM = "/usr/bin/chromium";
/** Milliseconds for anything the page does. */
const PATIENCE = 30_000;

/** `labelgate demo`, running. */
export interface Served {
  readonly address: string;
  close(): Promise<void>;
}

/** Starts `labelgate demo`. */
export async function serve(args: readonly string[] = []): Promise<Served> {
  const child = spawn(process.execPath, [command, "demo", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return {
    address: line.toString().trim(),
    close: async () => {
      const closed = once(child, "close");
      child.kill();
      await closed;
    },
  };
}

/** A page that is ready, and what its browser said meanwhile. */
export interface Visit {
  readonly page: Page;
  readonly browser: Browser;
  /** Console messages above "log", and what was thrown. */
  readonly complaints: readonly string[];
  /** Addresses that were asked for. */
  readonly requests: readonly string[];
}

let shared: { readonly browser: Browser; readonly served: Served } | undefined;

/** Ends what the visits used. */
export async function leave(): Promise<void> {
  await shared?.browser.close();
  await shared?.served.close();
}

/** Registers a test that needs the browser. */
export function browsing(test: Test, name: string, handler: () => Promise<void>): void {
  optional(test, CHROMIUM, name, handler);
}

/** Opens the demo in a context of its own, lets `use` do things, and sees that nothing was complained of. */
export async function visiting(
  use: (visit: Visit) => Promise<void>,
  options: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<void> {
  shared ??= {
    // Chromium's own errands would be refused by a closed network, many at a time.
    browser: await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    }),
    served: await serve(),
  };
  const { hash = "", ...rest } = options;
  const context = await shared.browser.newContext({ viewport: { width: 1280, height: 720 }, ...rest });
  context.setDefaultTimeout(PATIENCE);
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(shared.served.address + hash);
    await page.waitForSelector("body[data-state=ready]");
    await use({ page, browser: shared.browser, complaints, requests });
    assert.equal(complaints, []);
    const { origin } = new URL(shared.served.address);
    for (const request of requests) assert.ok(request.startsWith(`${origin}/`) || request.startsWith("data:"), request);
  } finally {
    await context.close();
  }
}
