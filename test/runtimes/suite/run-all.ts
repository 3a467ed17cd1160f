// Runs cases one after the other.
import type { Outcome } from "../outcome.ts";
import type { Case, Surroundings } from "./conformance.ts";

export async function runAll(
  cases: readonly Case[],
  surroundings: Surroundings,
  report: (outcome: Outcome) => void,
): Promise<void> {
  for (const [name, run] of cases) {
    let error: string | null = null;
    try {
      await run(surroundings);
    } catch (thrown) {
      const { message, details, stack } = thrown as { message?: string; details?: string; stack?: string };
      error = [message ?? `${thrown}`, details, stack].filter((text) => typeof text === "string").join("\n");
    }
    report({ name, error });
  }
}
