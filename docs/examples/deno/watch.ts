// tcpdump -U -w - ip | deno run --allow-read watch.ts policy.json
import { createClassifier, formatLabelAs, readCapture } from "npm:labelgate";
import { parsePolicy } from "npm:labelgate/policy";

const [path = "policy.json"] = Deno.args;
const classifier = createClassifier(parsePolicy(await Deno.readTextFile(path)));

for (const partition of classifier.partitions) {
  classifier.register(partition, (delivery) => {
    for (const { frame, verdict } of delivery) {
      const label = verdict.label === null ? "no label" : formatLabelAs(verdict.label, "levels");
      console.log(`${frame} ${label} to ${partition}${verdict.binding === null ? "" : `/${verdict.binding}`}`);
    }
  });
}
classifier.registerDrops((delivery) => {
  for (const { frame, reason, verdict } of delivery)
    console.log(`${frame} dropped: ${reason}, octet ${verdict.offset}`);
});

for await (const batch of readCapture(Deno.stdin.readable)) classifier.dispatch(batch);
const { frames, delivered, dropped } = classifier.stats();
console.error(`${frames} frames, ${delivered.frames} delivered, ${dropped.frames} dropped`);
