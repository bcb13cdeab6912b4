import { setTimeout as pause } from 'node:timers/promises';

export async function sleep(ms: number): Promise<void> {
  await pause(ms);
}
