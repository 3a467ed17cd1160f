/**
 * A few calls in another network namespace, from this thread.
 *
 * @module
 */
import { ENOENT, systemError } from "./errno.ts";
import { LiveError } from "./error.ts";
import { CLONE_NEWNET, type Libc, O_RDONLY } from "./libc.ts";

/** The file of a namespace that ip netns has named. */
export function namespacePath(name: string): string {
  return `/run/netns/${name}`;
}

/**
 * Calls `use` with this thread in a namespace; it must not wait. The thread is back afterwards, whatever happens.
 *
 * @throws {LiveError} there is no such namespace, or no privilege
 */
export function inNamespace<T>(libc: Libc, path: string, use: () => T): T {
  const own = libc.open("/proc/thread-self/ns/net", O_RDONLY);
  if (own < 0) throw systemError("this thread's namespace", own);
  const other = libc.open(path, O_RDONLY);
  try {
    if (other === -ENOENT) throw new LiveError("NO_DEVICE", `there is no namespace ${path}`, "ip netns list");
    if (other < 0) throw systemError(`namespace ${path}`, other);
    const entered = libc.setns(other, CLONE_NEWNET);
    if (entered < 0) throw systemError(`namespace ${path}`, entered);
    try {
      return use();
    } finally {
      const back = libc.setns(own, CLONE_NEWNET);
      // A thread that is elsewhere from now on would open the next device there.
      if (back < 0) process.abort();
    }
  } finally {
    libc.close(own);
    if (other >= 0) libc.close(other);
  }
}
