/** The end of all WebSockets of a server. */
import type { WebSocketServer } from 'ws';
import { startTimer } from '../../base/timer.ts';

/** ms for clients to answer when we close. */
const closingTime = 1000;

/** Closes all, and breaks those that do not answer in time; resolves when none is left. Nobody gets in any more. */
export async function closeWebSockets(server: WebSocketServer, code: number, reason?: string): Promise<void> {
  server.close();
  const leaving = [...server.clients];
  for (const client of leaving) client.close(code, reason);
  const cancel = startTimer(closingTime, () => {
    for (const client of leaving) client.terminate();
  });
  await Promise.all(leaving.map((client) => new Promise((resolve) => client.once('close', resolve))));
  cancel();
}
