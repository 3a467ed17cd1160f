/**
 * Error numbers of Linux, and what they mean for devices and sockets.
 *
 * @module
 */
import { LiveError } from "./error.ts";

export const EPERM = 1;
export const ENOENT = 2;
export const EINTR = 4;
export const ENXIO = 6;
export const EAGAIN = 11;
export const EACCES = 13;
export const EBUSY = 16;
export const ENODEV = 19;
export const EINVAL = 22;
export const EBADFD = 77;
export const EMSGSIZE = 90;
export const ENETDOWN = 100;
export const ENOBUFS = 105;

/** What keeps `what` ("a packet socket on eth0") from being had; `result` is a negative error number. */
export function systemError(what: string, result: number, device: string | null = null): LiveError {
  switch (-result) {
    case EPERM:
    case EACCES:
      return new LiveError(
        "NO_PRIVILEGE",
        `${what}: not permitted; it needs CAP_NET_RAW and CAP_NET_ADMIN`,
        "run it as root, or in a namespace of your own: unshare -Urnm",
      );
    case ENODEV:
    case ENXIO:
    case ENOENT:
      return new LiveError("NO_DEVICE", `${what}: there is no such device`, "ip link show");
    case ENETDOWN:
      return new LiveError(
        "DEVICE_DOWN",
        `${what}: the device is down`,
        device === null ? null : `ip link set ${device} up`,
      );
    case EBUSY:
      return new LiveError("IN_USE", `${what}: it is in use`);
    default:
      return new LiveError("SYSTEM", `${what}: the system says error ${-result}`);
  }
}
