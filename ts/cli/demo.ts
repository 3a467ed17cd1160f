/**
 * `labelgate demo`: serves the browser page on this machine.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { DEMO_CSP } from "../demo/csp.ts";
import { reportError } from "./output.ts";

const FOLDER = new URL("demo/", import.meta.url);
const LOOPBACK = "127.0.0.1";
const HIGHEST_PORT = 65_535;

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  json: "application/json",
  pcap: "application/vnd.tcpdump.pcap",
};

export function demoCommand(): Command {
  return new Command("demo")
    .description("serves the browser demo on a loopback port, and prints its address")
    .option("--port <number>", "the port; 0 is any that is free", parsePort, 0)
    .addHelpText("after", "\nIt ends with Ctrl-C.\nExample: labelgate demo --port 8080")
    .action(async ({ port }: { port: number }) => {
      try {
        const server = await serveDemo(port);
        process.stdout.write(`${addressOf(server)}\n`);
      } catch (error) {
        reportError(sayFailure(error as NodeJS.ErrnoException, port));
        process.exitCode = 1;
      }
    });
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : HIGHEST_PORT + 1;
  if (port <= HIGHEST_PORT) return port;
  throw new InvalidArgumentError(`expected 0 to ${HIGHEST_PORT}`);
}

function sayFailure({ code, message }: NodeJS.ErrnoException, port: number): string {
  if (code === "EADDRINUSE") return `port ${port} is in use; choose another, or leave --port out`;
  return code === "EACCES" ? `port ${port} needs more rights; choose one above 1023` : message;
}

// Serves on loopback, and to those who ask for loopback by name: a page from elsewhere that had its own name pointed here
// would read what this one does.
function serveDemo(port: number): Promise<Server> {
  const server = createServer(({ method, url, headers }, response) => {
    const answer = (status: number, type: string, body: string | Buffer): void => {
      response.writeHead(status, {
        "content-type": type,
        "content-length": Buffer.byteLength(body),
        "content-security-policy": DEMO_CSP,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-cache",
      });
      response.end(method === "HEAD" ? undefined : body);
    };
    const host = (headers.host ?? "").replace(/:\d+$/, "");
    const name = /^\/([\w-]+\.(\w+))?(?:\?.*)?$/.exec(url ?? "");
    const type = TYPES[name?.[2] ?? "html"];
    if (host !== LOOPBACK && host !== "localhost") answer(421, "text/plain", "not the name of this server\n");
    else if (method !== "GET" && method !== "HEAD") answer(405, "text/plain", "GET and HEAD only\n");
    else if (name === null || type === undefined) answer(404, "text/plain", "there is no such file\n");
    else {
      readFile(fileURLToPath(new URL(name[1] ?? "index.html", FOLDER))).then(
        (body) => answer(200, type, body),
        () => answer(404, "text/plain", "there is no such file\n"),
      );
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, () => resolve(server));
  });
}

function addressOf(server: Server): string {
  const address = server.address();
  return `http://${LOOPBACK}:${typeof address === "object" ? address?.port : ""}/`;
}
