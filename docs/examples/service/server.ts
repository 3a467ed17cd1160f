// npm start -- policy.json [PORT]
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createClassifier } from "labelgate";
import { parsePolicy } from "labelgate/policy";
import { service } from "./service.ts";

const [policy = "policy.json", port = "8080"] = process.argv.slice(2);
const classifier = createClassifier(parsePolicy(readFileSync(policy, "utf8")));
const server = service(classifier).listen(Number(port), "127.0.0.1", () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`http://${address}:${port}`);
});
