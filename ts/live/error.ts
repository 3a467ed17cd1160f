/**
 * What is missing when something live can't be opened.
 *
 * @module
 */

/** Names what is missing. */
export type LiveErrorCode =
  | "NO_FFI"
  | "NO_PRIVILEGE"
  | "NO_DEVICE"
  | "DEVICE_DOWN"
  | "OFFLOAD_ON"
  | "MTU_TOO_LARGE"
  | "NOT_LINUX"
  | "NO_TOOL"
  | "NO_WORKER"
  | "IN_USE"
  | "BAD_POLICY"
  | "SYSTEM";

/** A device, a socket or a namespace can't be used. {@link code} names what is missing, {@link mend} a command that helps. */
export class LiveError extends Error {
  /** The name of the class. */
  override readonly name = "LiveError";
  /** What is missing. */
  readonly code: LiveErrorCode;
  /** A command, or what to change; `null`: none is known. */
  readonly mend: string | null;

  /** `message` without the mend, which is put behind it. */
  constructor(code: LiveErrorCode, message: string, mend: string | null = null, options?: ErrorOptions) {
    super(mend === null ? message : `${message}; try: ${mend}`, options);
    this.code = code;
    this.mend = mend;
  }
}
