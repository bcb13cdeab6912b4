/** A focus that has no time at first, over HTTP. */
import { afterEach, describe, expect, it } from 'vitest';
import { joinRoom } from '../../../src/index.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { serve } from '../../support/web-servers.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

describe('a busy focus', () => {
  it('is asked until it has time (case 08-focus-busy)', async () => {
    const sandbox = await createSandbox({ conferenceRequest: 'http' });
    closing.push(() => sandbox.close());
    const statuses = [429, 503];
    const front = await serve((request, response) => {
      const status = statuses.shift();
      if (status !== undefined) {
        response.writeHead(status, { 'retry-after': '1' }).end();
        return;
      }
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const headers = { 'content-type': 'application/json' };
        fetch(`${sandbox.url}/conference-request/v1`, { method: 'POST', headers, body })
          .then(async (answer) => response.writeHead(answer.status).end(await answer.text()))
          .catch((error: unknown) => response.destroy(error as Error));
      });
    });
    closing.push(() => front.close());
    const conference = await joinRoom({
      host: sandbox.url,
      room: 'standup',
      conferenceRequestUrl: `${front.origin}/conference-request/v1`,
    });
    closing.push(() => conference.leave());
    expect(statuses).toEqual([]);
  });
});
