import express, { type Express } from "express";
import { CaptureError, type Classifier, readCapture } from "labelgate";
import { classifierMetrics, metricsListener } from "labelgate/metrics";
import { callbackSink } from "labelgate/sinks/callback";

/** Octets of a capture that are taken. */
const MAX_CAPTURE = 1_073_741_824;
/** Frames that wait for a client that is slow; beyond, it loses some and is told how many. */
const MAX_WAITING = 4096;

/**
 * - `POST /captures`: judges a pcap or pcapng, and says how many frames went where.
 * - `GET /partitions/NAME`: frames of a partition from now on, a JSON line each, to one client at a time. `dropped` are the drops.
 * - `GET /metrics`: counters, for Prometheus.
 */
export function service(classifier: Classifier): Express {
  const app = express();

  // One after the other: fragments are followed from capture to capture, as on one wire.
  let before: Promise<unknown> = Promise.resolve();

  app.post("/captures", async (request, response) => {
    const aborted = new AbortController();
    response.once("close", () => aborted.abort());
    const judged = before.then(async () => {
      const { delivered, dropped } = classifier.stats();
      for await (const batch of readCapture(bounded(request), { signal: aborted.signal })) classifier.dispatch(batch);
      const now = classifier.stats();
      return { delivered: now.delivered.frames - delivered.frames, dropped: now.dropped.frames - dropped.frames };
    });
    before = judged.catch(() => {});
    try {
      response.json(await judged);
    } catch (error) {
      // Frames before what is wrong were delivered, as from a wire that breaks.
      if (error instanceof CaptureError) response.status(422).json({ error: error.message, offset: error.offset });
      else if (error instanceof TooLarge) response.status(413).json({ error: `more than ${MAX_CAPTURE} octets` });
      else if (!aborted.signal.aborted) throw error;
    }
  });

  app.get("/partitions/:name", (request, response) => {
    const { name } = request.params;
    const lines = callbackSink(
      async (frames) => {
        const text = frames.map(({ frame, bytes, verdict }) =>
          JSON.stringify({
            frame,
            binding: verdict.binding,
            reason: verdict.reason,
            octets: Buffer.from(bytes).toString("hex"),
          }),
        );
        if (!response.write(`${text.join("\n")}\n`)) await new Promise((resolve) => response.once("drain", resolve));
      },
      { maxFrames: MAX_WAITING },
    );
    let unregister: () => void;
    try {
      unregister = name === "dropped" ? classifier.registerDrops(lines) : classifier.register(name, lines);
    } catch (error) {
      // There is no such partition, or somebody listens to it.
      response.status(409).json({ error: (error as Error).message });
      return;
    }
    response.once("close", () => {
      unregister();
      console.log(`${name}: ${lines.stats().handed.frames} frames sent, ${lines.stats().lost.frames} lost`);
    });
    response.type("application/x-ndjson").flushHeaders();
  });

  app.all(
    "/metrics",
    metricsListener(() => classifierMetrics(classifier.stats())),
  );
  return app;
}

class TooLarge extends Error {}

async function* bounded(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let octets = 0;
  for await (const piece of body) {
    octets += piece.length;
    if (octets > MAX_CAPTURE) throw new TooLarge();
    yield piece;
  }
}
