/** Commands to a sandbox in another process: one a line, as JSON; each has an answer. */
import { messageOf, UsageError } from '../base/errors.ts';
import type { Faults } from './faults/faults.ts';
import type { Sandbox } from './sandbox.ts';

export interface ControlAnswer {
  type: 'answer';
  /** The command's. */
  id?: unknown;
  /** What the fault returns, or what was looked at. */
  result?: unknown;
  error?: { code?: string; message: string };
}

/** What a fault's name and its arguments are in a line: `{"fault":"cut","args":["both"]}`. `look` tells what there is now. */
interface Command {
  id?: unknown;
  fault?: unknown;
  args?: unknown;
  look?: unknown;
}

/**
 * Carries out one line: `{"id":1,"fault":"restartXmpp","args":[{"absence":2000}]}` or `{"id":2,"look":"rooms"}` (or `"bridge"`). Never throws:
 * what is wrong is in the answer.
 */
export function control(sandbox: Pick<Sandbox, 'bridge' | 'faults' | 'rooms'>, line: string): ControlAnswer {
  let id: unknown;
  try {
    const command = read(line);
    id = command.id;
    const result = command.look === undefined ? play(sandbox.faults, command) : look(sandbox, command.look);
    return { type: 'answer', id, result };
  } catch (error) {
    const code = error instanceof UsageError ? { code: error.code } : {};
    return { type: 'answer', id, error: { ...code, message: messageOf(error) } };
  }
}

function read(line: string): Command {
  let command: unknown;
  try {
    command = JSON.parse(line);
  } catch {
    command = undefined;
  }
  if (typeof command === 'object' && command !== null) return command;
  throw new UsageError('a JSON object with "fault" and "args", or with "look", is expected', {
    code: 'command-invalid',
  });
}

function play(faults: Faults, { fault, args = [] }: Command): unknown {
  if (typeof fault !== 'string' || !Object.hasOwn(faults, fault) || !Array.isArray(args)) {
    throw new UsageError(
      `there is no fault ${JSON.stringify(fault)} with a list of arguments; there are: ${Object.keys(faults).join(', ')}`,
      { code: 'command-invalid' },
    );
  }
  // What is no argument of the fault, the fault says itself.
  const method = faults[fault as keyof Faults] as (...args: unknown[]) => unknown;
  return method(...(args as unknown[]));
}

function look({ bridge, rooms }: Pick<Sandbox, 'bridge' | 'rooms'>, what: unknown): unknown {
  if (what === 'rooms') return plain(rooms);
  if (what === 'bridge') return plain(bridge);
  throw new UsageError(`rooms or bridge can be looked at, not ${JSON.stringify(what)}`, {
    code: 'command-invalid',
  });
}

/** With objects for maps. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, each: unknown) => (each instanceof Map ? Object.fromEntries(each) : each)),
  );
}
