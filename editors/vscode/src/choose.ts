/** Which of several programs to keep running. Nothing here knows of the editor, so that it can be tested without one. */

import type { Candidate, Missing } from "./find";

/** The oldest msglint whose language server does all that the extension asks of it. */
export const OLDEST = "0.1.0";

/** A running server. */
export interface Server {
  /** The version that it says it has. */
  readonly version: string | undefined;
  dispose(): Promise<void>;
}

/**
 * Start the first program that comes up as a server of a version that is known.
 *
 * What a setting names is taken whatever its version is. If none will do, the reason is that of the first, which was
 * preferred.
 */
export async function startFirst<S extends Server>(
  candidates: readonly Candidate[],
  start: (candidate: Candidate) => Promise<S>,
  say: (line: string) => void,
): Promise<{ readonly server: S } | Missing> {
  const reasons: string[] = [];
  for (const candidate of candidates) {
    say(`${candidate.command} (from the ${candidate.origin})`);
    const outcome = await startOne(candidate, start);
    if ("server" in outcome) {
      return outcome;
    }
    say(outcome.reason);
    reasons.push(outcome.reason);
  }
  return { reason: reasons[0] ?? "There is no msglint." };
}

async function startOne<S extends Server>(
  { command, origin }: Candidate,
  start: (candidate: Candidate) => Promise<S>,
): Promise<{ readonly server: S } | Missing> {
  try {
    const server = await start({ command, origin });
    if (origin === "setting" || isKnown(server.version)) {
      return { server };
    }
    await server.dispose();
    return { reason: `${command} has the version ${server.version ?? "of no name"}; the extension needs ${OLDEST} or newer.` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { reason: `${command} could not be started as a language server: ${reason}` };
  }
}

/** Whether a version is at least the oldest that will do; what follows its numbers (`rc1`, `.dev2`) does not count. */
export function isKnown(version: string | undefined): boolean {
  const numbers = numbersOf(version ?? "");
  const oldest = numbersOf(OLDEST);
  const index = oldest.findIndex((number, place) => number !== (numbers[place] ?? 0));
  return numbers.length > 0 && (index === -1 || (numbers[index] ?? 0) > (oldest[index] ?? 0));
}

function numbersOf(version: string): readonly number[] {
  return (/^\d+(\.\d+)*/.exec(version)?.[0].split(".") ?? []).map(Number);
}
