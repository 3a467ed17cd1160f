// Where what a partition sends may go, and with which option.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseAddress } from "../ts/address.ts";
import { type Label, makeLabel } from "../ts/label.ts";
import { calipsoOption, cipsoOption } from "../ts/label-option.ts";
import { keyOf } from "../ts/live/address-key.ts";
import { Layout } from "../ts/live/layout.ts";
import type { RefusalName } from "../ts/live/refusal.ts";
import { MAX_ROUTES, type Route, type RouteQuestions, Routes } from "../ts/live/routes.ts";
import { HOST4, HOST6, type Mutable, OUR4, OUR6, worldPolicy } from "./live/world.ts";

const test = suite("live routes");

const PUBLIC = makeLabel(16, 1);
const SECRET = makeLabel(16, 5, [0]);

function questions(change: (policy: Mutable) => void = () => {}): RouteQuestions {
  const policy = worldPolicy() as Mutable;
  policy.hosts["192.0.2.10/32"] = "secrets";
  policy.hosts["192.0.2.11/32"] = "abroad";
  policy.hosts["198.51.100.9/32"] = "plain";
  policy.templates.secrets = { type: "unlabelled", label: "5:0" };
  policy.templates.abroad = { type: "labelled", doi: 99, range: ["0", "7:0.9"] };
  change(policy);
  return new Layout(policy).questions;
}
const GIVEN = questions();

function find(address: string, label: Label = SECRET, given: RouteQuestions = GIVEN): Route | RefusalName {
  const destination = parseAddress(address);
  return new Routes(given, 0, label).find(keyOf(destination), destination);
}
function found(address: string, label?: Label, given?: RouteQuestions): Route {
  const route = find(address, label, given);
  assert.is(typeof route, "object", `${route}`);
  return route as Route;
}

test("S-04, G-04: a labelled host of the network gets the label, in an option of its family", () => {
  const route = found(HOST4);
  assert.equal(route.option, cipsoOption(SECRET));
  assert.equal([route.wire, route.isLower, route.nextHopKey], [0, false, keyOf(parseAddress(HOST4))]);
  assert.equal(route.nextHop, parseAddress(HOST4));
  assert.equal(found(HOST6).option, calipsoOption(SECRET));
});

test("S-04: what is in its set, outside its range, a labelled host gets too", () => {
  const given = questions((policy) => {
    policy.templates.low = { type: "labelled", range: ["0", "1"], set: ["5:0"] };
  });
  assert.equal(found("192.0.2.8", SECRET, given).option, cipsoOption(SECRET));
  assert.is(find("192.0.2.8", makeLabel(16, 5, [1]), given), "DESTINATION_NOT_ACCREDITED");
});

test("S-05: an unlabelled host with our label gets it without an option", () => {
  assert.is(found("192.0.2.9", PUBLIC).option, null);
  assert.is(found("192.0.2.10").option, null);
  assert.is(found("192.0.2.10").isLower, false);
});

test("S-03: an unlabelled host whose label is lower is marked; one whose label is higher, or neither, is refused", () => {
  assert.is(found("192.0.2.9").isLower, true);
  assert.is(find("192.0.2.10", PUBLIC), "DESTINATION_NOT_ACCREDITED");
  assert.is(find("192.0.2.10", makeLabel(16, 7, [1])), "DESTINATION_NOT_ACCREDITED");
});

test("S-03, G-06: behind a gateway that labels, a lower host's packets have its label, which the gateway must take", () => {
  const lowGateway = questions((policy) => {
    policy.hosts["192.0.2.254/32"] = "low";
  });
  for (const given of [GIVEN, lowGateway]) {
    const route = found("198.51.100.9", SECRET, given);
    assert.is(route.isLower, true);
    assert.equal(route.option, cipsoOption(PUBLIC));
  }
  assert.is(find("198.51.100.1", SECRET, lowGateway), "GATEWAY_NOT_ACCREDITED");
});

test("loopback and this network are nobody's, whatever prefix holds them", () => {
  const given = questions((policy) => {
    policy.hosts["0.0.0.0/0"] = "peers";
    policy.hosts["::/0"] = "peers";
    policy.live.interfaces.net0.gateways = ["192.0.2.254", "2001:db8::fe"];
  });
  for (const address of ["0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.255", "::", "::1"]) {
    assert.is(find(address, SECRET, given), "NO_ROUTE", address);
  }
  for (const address of ["1.0.0.0", "126.255.255.255", "128.0.0.0", "::2"]) found(address, SECRET, given);
});

const REFUSED: readonly (readonly [rule: string, refusal: RefusalName, address: string, label?: Label])[] = [
  ["M-05", "GROUP_DESTINATION", "224.0.0.5"],
  ["M-05", "GROUP_DESTINATION", "239.255.255.255"],
  ["M-05", "GROUP_DESTINATION", "255.255.255.255"],
  ["M-05", "GROUP_DESTINATION", "192.0.2.255"],
  ["M-05", "GROUP_DESTINATION", "192.0.2.0"],
  ["M-05", "GROUP_DESTINATION", "ff02::1"],
  ["S-11", "LOCAL_DESTINATION", OUR4],
  ["S-11", "LOCAL_DESTINATION", OUR6],
  ["S-02, G-03", "NO_DESTINATION_TEMPLATE", "203.0.113.1"],
  ["S-02, G-03", "NO_DESTINATION_TEMPLATE", "2001:db8:9::1"],
  ["S-04, G-04", "DESTINATION_NOT_ACCREDITED", "192.0.2.8"],
  ["S-04, G-04: another DOI", "DESTINATION_NOT_ACCREDITED", "192.0.2.11"],
];
for (const [rule, refusal, address, label] of REFUSED) {
  test(`${rule}: ${address} is refused, ${refusal}`, () => assert.is(find(address, label), refusal));
}

test("the label has to be within the interface's range, ends included", () => {
  const ranged = (low: string, high: string): RouteQuestions =>
    questions((policy) => {
      policy.interfaces[0].range = [low, high];
      policy.partitions = [policy.partitions[1]];
      policy.live.partitions = { secret: policy.live.partitions.secret };
    });
  assert.equal(found(HOST4, SECRET, ranged("5:0", "5:0")).option, cipsoOption(SECRET));
  assert.is(find(HOST4, PUBLIC, ranged("5:0", "5:0")), "LABEL_MAY_NOT_LEAVE");
  assert.is(find(HOST4, makeLabel(16, 5, [0, 1]), ranged("5:0", "5:0")), "LABEL_MAY_NOT_LEAVE");
});

test("S-06: what is in no network of the interface goes to the gateway of its family, if there is one", () => {
  assert.equal(found("198.51.100.1").nextHop, parseAddress("192.0.2.254"));
  const other = questions((policy) => {
    policy.hosts["2001:db8:1::/64"] = "peers";
  });
  assert.is(find("2001:db8:1::1", SECRET, other), "NO_ROUTE");
});

test("S-06: a link-local host is behind no gateway", () => {
  const given = questions((policy) => {
    policy.hosts["169.254.0.0/16"] = "peers";
    policy.hosts["fe80::/10"] = "peers";
    policy.live.interfaces.net0.gateways.push("2001:db8::fe");
  });
  assert.is(find("169.254.1.1", SECRET, given), "NO_ROUTE");
  assert.is(find("fe80::1", SECRET, given), "NO_ROUTE");
});

test("S-06, G-03: the gateway has a template, and may get the label", () => {
  const without = questions((policy) => {
    policy.hosts = { "198.51.100.0/24": "peers" };
  });
  assert.is(find("198.51.100.1", SECRET, without), "NO_GATEWAY_TEMPLATE");
  for (const template of ["low", "plain", "abroad"]) {
    const unfit = questions((policy) => {
      policy.hosts["192.0.2.254/32"] = template;
    });
    assert.is(find("198.51.100.1", SECRET, unfit), "GATEWAY_NOT_ACCREDITED", template);
  }
});

test("G-05, G-06: an unlabelled host has an option on the way to a gateway that labels, and none behind another", () => {
  assert.equal(found("198.51.100.9", PUBLIC).option, cipsoOption(PUBLIC));
  const plain = questions((policy) => {
    policy.hosts["192.0.2.254/32"] = "plain";
  });
  assert.is(found("198.51.100.9", PUBLIC, plain).option, null);
  assert.equal(found("198.51.100.1", PUBLIC, plain).option, cipsoOption(PUBLIC), "a labelled host gets one for itself");
});

test("S-05: a label that no option can say does not leave", () => {
  const scattered = makeLabel(
    16,
    5,
    Array.from({ length: 16 }, (_, i) => 300 + 3 * i),
  );
  const given = questions((policy) => {
    policy.interfaces[0].range = ["0", "7:0.9999"];
    policy.templates.peers.range = ["0", "7:0.9999"];
  });
  assert.is(find(HOST4, scattered, given), "LABEL_NOT_ENCODABLE");
  assert.ok(found(HOST6, scattered, given).option, "CALIPSO has room");
});

test("a way is worked out once, and stays when the packet's memory is written to again", () => {
  const routes = new Routes(GIVEN, 0, SECRET);
  const destination = parseAddress(HOST4);
  const key = keyOf(destination);
  const route = routes.find(key, destination) as Route;
  destination.fill(0);
  assert.is(routes.find(key, destination), route);
  assert.equal(route.nextHop, parseAddress(HOST4));
});

test(`${MAX_ROUTES} destinations are remembered; one more, and all are looked up anew`, () => {
  let asked = 0;
  const counting: RouteQuestions = {
    ...GIVEN,
    templateOf: (address) => {
      asked++;
      return GIVEN.templateOf(address);
    },
  };
  const routes = new Routes(counting, 0, SECRET);
  const go = (i: number): void => {
    const destination = Uint8Array.of(10, 0, i >> 8, i & 255);
    assert.is(routes.find(keyOf(destination), destination), "NO_DESTINATION_TEMPLATE");
  };
  for (let i = 0; i < MAX_ROUTES; i++) go(i);
  go(0);
  assert.is(asked, MAX_ROUTES);
  go(MAX_ROUTES);
  go(0);
  assert.is(asked, MAX_ROUTES + 2);
});

test.run();
