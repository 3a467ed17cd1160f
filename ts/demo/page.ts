/**
 * The page: a worker that judges, a viewer of what it says, and the panes in the order of the data.
 *
 * @module
 */
import { Asking } from "./asking.ts";
import { byId } from "./dom.ts";
import { ByteGrid } from "./panes/bytes.ts";
import { showDecision } from "./panes/decision.ts";
import { showLabel } from "./panes/label.ts";
import { showLattice } from "./panes/lattice.ts";
import { showMeter } from "./panes/meter.ts";
import { showMoves } from "./panes/moves.ts";
import { PacketList } from "./panes/packets.ts";
import { PolicyPane } from "./panes/policy.ts";
import { showRooms } from "./panes/rooms.ts";
import { showThread } from "./panes/thread.ts";
import { Tools } from "./panes/tools.ts";
import { showTour } from "./panes/tour.ts";
import { plainView, readShared, type Shared } from "./share.ts";
import { Viewer } from "./viewer.ts";

/** The packet that is looked at first: one with a label of some categories, that is delivered. */
const FIRST_FRAME = 149;
const NAME = "recording.pcap";

async function file(name: string): Promise<Blob> {
  const response = await fetch(new URL(name, document.baseURI));
  if (!response.ok) throw new Error(`${name}: ${response.status} ${response.statusText}`);
  return response.blob();
}

async function begin(): Promise<void> {
  const worker = new Worker(new URL("worker.js", document.baseURI), { type: "module" });
  const [capture, policy] = await Promise.all([file("capture.pcap"), file("policy.json").then((blob) => blob.text())]);
  const viewer = new Viewer(new Asking(worker), { capture, name: NAME, policy });
  const tools = new Tools(viewer);
  const refused = (why: string): void => tools.say(why, true);
  // A file that went away while it is looked at, say.
  addEventListener("unhandledrejection", ({ reason }) =>
    refused(reason instanceof Error ? reason.message : `${reason}`),
  );
  new PacketList(viewer);
  const bytes = new ByteGrid(viewer, refused);
  showLabel(viewer, (text, what) => tools.copy(text, what));
  showLattice(viewer);
  showRooms(viewer);
  showDecision(viewer, bytes);
  showMoves(viewer);
  showMeter(viewer);
  showTour(viewer, refused);
  showThread(viewer);
  const editor = new PolicyPane(viewer);

  const follow = async (): Promise<void> => {
    const text = location.hash.slice(1);
    const shared = text === "" ? null : await readShared(text);
    if (text !== "" && shared === null) tools.say("This link is not one of this page, or not whole.", true);
    await open(viewer, tools, shared);
  };
  await follow();
  addEventListener("hashchange", () => void follow());
  await editor.load();
  byId("page").dataset.state = "ready";
  await viewer.measure();
}

// Opens the built-in capture as a link says. What a link brings may be bad: then it is said, and the page is as without.
async function open(viewer: Viewer, tools: Tools, shared: Shared | null): Promise<void> {
  const { capture } = viewer.builtIn;
  const plain = plainView(FIRST_FRAME);
  let wanted = shared ?? plain;
  if (wanted.capture !== null) {
    const { name } = wanted.capture;
    tools.say(`The link is about the capture ${name}, which it does not hold: this is the built-in one.`, true);
    wanted = { ...plain, policy: wanted.policy };
  }
  try {
    await viewer.open(capture, NAME, undefined, wanted);
  } catch (error) {
    if (shared === null) throw error;
    tools.say(`What the link shows can't be shown: ${(error as Error).message}.`, true);
    await viewer.open(capture, NAME, undefined, plain);
  }
}

begin().catch((error: unknown) => {
  const page = byId("page");
  page.dataset.state = "failed";
  byId("notice").textContent = `The page could not start: ${error instanceof Error ? error.message : String(error)}`;
  byId("notice").className = "notice is-bad";
});
