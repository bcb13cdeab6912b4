import { JitsiError } from '../../src/base/errors.ts';

export const wasRead = 'read';

/** Runs `read`; a typed error whose code `isRefusal` knows is an outcome, everything else is thrown on. */
export function outcomeOf(read: () => void, isRefusal: (error: JitsiError) => boolean): string {
  try {
    read();
    return wasRead;
  } catch (error) {
    if (error instanceof JitsiError && isRefusal(error)) return error.code;
    throw error;
  }
}

/** The same of what is read in time. */
export async function laterOutcomeOf(
  read: () => Promise<void>,
  isRefusal: (error: JitsiError) => boolean,
): Promise<string> {
  try {
    await read();
    return wasRead;
  } catch (error) {
    if (error instanceof JitsiError && isRefusal(error)) return error.code;
    throw error;
  }
}
