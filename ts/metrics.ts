/**
 * `labelgate/metrics`: the counters of a classifier or a pool as OpenMetrics text, and handlers that serve it.
 *
 * @module labelgate/metrics
 */
import type { Count, Stats } from "./counts.ts";
import { CONTENT_TYPE, type Family, openMetrics, type Sample } from "./openmetrics.ts";
import { type ReasonName, reasonNamed } from "./reason.ts";

/**
 * The counters as text, for Prometheus and others that read OpenMetrics 1.0. Each is a number since the classifier was made:
 *
 * - `labelgate_delivered_frames_total`, `labelgate_delivered_bytes_total`, by `partition` and `binding` (empty: the partition
 *   itself); copies of broadcasts and multicasts are counted where they went
 * - `labelgate_dropped_frames_total`, `labelgate_dropped_bytes_total`, by `reason` and its `rule`
 * - `labelgate_copied_frames_total`: deliveries beyond the first of each frame
 * - `labelgate_displaced_datagrams_total`, by `kind`: datagrams in fragments that newer ones displaced
 *
 * Octets are those on the wire.
 *
 * @example
 * ```ts
 * import { batchOf, createClassifier } from "labelgate";
 * import { classifierMetrics } from "labelgate/metrics";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "0" }],
 *   templates: {},
 *   hosts: {},
 * });
 * classifier.dispatch(batchOf([{ bytes: new Uint8Array(60) }]));
 * const text = classifierMetrics(classifier.stats());
 * text.includes('labelgate_dropped_frames_total{reason="NOT_IP",rule="L3"} 1'); // true
 * ```
 */
export function classifierMetrics(stats: Stats): string {
  const endpoints = Object.entries(stats.partitions).flatMap(([partition, { bindings, ...all }]) => {
    const bound = Object.entries(bindings);
    const own = bound.reduce((rest, [, count]) => minus(rest, count), all);
    return [["", own] as const, ...bound].map(([binding, count]) => [{ partition, binding }, count] as const);
  });
  const reasons = Object.entries(stats.reasons).map(
    ([reason, count]) => [{ reason, rule: reasonNamed(reason as ReasonName).rule }, count!] as const,
  );
  const { followed, refused } = stats.displaced;
  return openMetrics([
    ...families("labelgate_delivered", "that were delivered, by partition and binding", endpoints),
    ...families("labelgate_dropped", "that no partition got, by reason", reasons),
    ["labelgate_copied_frames", "Deliveries beyond the first of each frame", [[{}, stats.copies.frames]]],
    [
      "labelgate_displaced_datagrams",
      "Datagrams in fragments that newer ones displaced",
      [
        [{ kind: "followed" }, followed],
        [{ kind: "refused" }, refused],
      ],
    ],
  ]);
}

type Counted = readonly [labels: Readonly<Record<string, string>>, count: Count];

function families(name: string, help: string, counted: readonly Counted[]): Family[] {
  const samples = (field: keyof Count): Sample[] => counted.map(([labels, count]) => [labels, count[field]]);
  return [
    [`${name}_frames`, `Frames ${help}`, samples("frames")],
    [`${name}_bytes`, `Octets of frames ${help}`, samples("bytes")],
  ];
}

function minus(a: Count, b: Count): Count {
  return { frames: a.frames - b.frames, bytes: a.bytes - b.bytes };
}

/** Methods that are answered. */
const ALLOWED = "GET, HEAD";

/**
 * A handler for servers that take a Request and give a Response (`Deno.serve`, `Bun.serve`, Hono and the like): answers GET with the
 * text.
 *
 * @param text called for each request
 * @example
 * ```ts
 * import { createClassifier } from "labelgate";
 * import { classifierMetrics, metricsHandler } from "labelgate/metrics";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "0" }],
 *   templates: {},
 *   hosts: {},
 * });
 * const handler = metricsHandler(() => classifierMetrics(classifier.stats())); // Deno.serve({ port: 9464 }, handler)
 * const response = handler(new Request("http://localhost/metrics"));
 * response.headers.get("content-type"); // "application/openmetrics-text; version=1.0.0; charset=utf-8"
 * ```
 */
export function metricsHandler(text: () => string): (request: Request) => Response {
  return ({ method }) => {
    if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 405, headers: { allow: ALLOWED } });
    return new Response(method === "HEAD" ? null : text(), { headers: { "content-type": CONTENT_TYPE } });
  };
}

/** What is used of an `http.IncomingMessage`. */
export interface NodeRequest {
  /** `GET`, `HEAD` or another. */
  readonly method?: string | undefined;
}

/** What is used of an `http.ServerResponse`. */
export interface NodeResponse {
  /** Begins the answer. */
  writeHead(status: number, headers: Record<string, string>): unknown;
  /** Ends it. */
  end(body?: string): unknown;
}

/**
 * The same for `node:http` and what is built on it (Express, Connect, Fastify's raw requests).
 *
 * @param text called for each request
 * @example
 * ```ts
 * import { createServer } from "node:http";
 * import { createClassifier } from "labelgate";
 * import { classifierMetrics, metricsListener } from "labelgate/metrics";
 *
 * const classifier = createClassifier({
 *   doi: 16,
 *   interfaces: [{ name: "net0", addresses: ["192.0.2.1"] }],
 *   partitions: [{ name: "public", label: "0" }],
 *   templates: {},
 *   hosts: {},
 * });
 * const server = createServer(metricsListener(() => classifierMetrics(classifier.stats())));
 * await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
 * const { port } = server.address() as { port: number };
 * const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
 * server.close();
 * text.endsWith("# EOF\n"); // true
 * ```
 */
export function metricsListener(text: () => string): (request: NodeRequest, response: NodeResponse) => void {
  return ({ method }, response) => {
    if (method !== "GET" && method !== "HEAD") {
      response.writeHead(405, { allow: ALLOWED });
      response.end();
      return;
    }
    const body = text();
    response.writeHead(200, { "content-type": CONTENT_TYPE });
    response.end(method === "HEAD" ? undefined : body);
  };
}
