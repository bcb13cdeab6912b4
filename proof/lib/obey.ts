/** The other end of {@link Remote}: a process that does what its stdin says, until that ends. */
import { createInterface } from 'node:readline';

export interface Command {
  id: number;
  do: string;
  [argument: string]: unknown;
}

/** Resolves when there are no more commands. Several may be under way at a time. */
export async function obey(carryOut: (command: Command) => unknown): Promise<void> {
  // They are made when they are first looked at; whoever counts handles should find them from the beginning. Who commands may be gone.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(1));
  const say = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`);
  const answer = async (command: Command): Promise<void> => {
    const { id } = command;
    try {
      say({ id, result: (await carryOut(command)) ?? null });
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      say({ id, error: { code, message } });
    }
  };
  for await (const line of createInterface({ input: process.stdin }))
    void answer(JSON.parse(line) as Command);
}
