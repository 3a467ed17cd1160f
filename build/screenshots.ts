// Pictures of the demo for the README, after a build: `npm run screenshots`. Needs Debian's chromium.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const folder = fileURLToPath(new URL("../docs/images/", import.meta.url));
const command = fileURLToPath(new URL("dist/labelgate.js", import.meta.url));

mkdirSync(folder, { recursive: true });
const server = spawn(process.execPath, [command, "demo"], { stdio: ["ignore", "pipe", "inherit"] });
const [address] = (await once(server.stdout, "data")) as [Buffer];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const colorScheme of ["light", "dark"] as const) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 810 }, colorScheme, reducedMotion: "reduce" });
  await page.goto(address.toString().trim());
  await page.waitForSelector("#meter-body .ways");
  if (colorScheme === "dark") {
    await page.click("#tour-start");
    await page.click("#tour-next");
    await page.click("#tour-next");
    await page.waitForSelector("#verdict.is-dropped");
  }
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${folder}demo-${colorScheme}.png` });
  await page.close();
}
await browser.close();
server.kill();
