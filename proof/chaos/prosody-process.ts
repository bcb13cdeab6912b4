/**
 * A real Prosody with the sandbox's focus and bridge, in a process of its own: for the one fault that nobody else plays as well, its death. Its argument is not
 * read.
 */
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { systemRandom } from '../../src/base/random.ts';
import type { JoinOptions } from '../../src/index.ts';
import { createMediaBridge } from '../../src/sandbox/bridge/media-bridge.ts';
import { connectLink, createFocus, type Focus } from '../../src/sandbox/focus/index.ts';
import { startProsody } from '../../test/support/prosody.ts';
import { waitFor } from '../../test/support/wait.ts';
import { obey } from '../lib/obey.ts';
import { sleep } from './sleep.ts';

const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };
const prosody = await startProsody();
const { authDomain, domain, focusJid, focusPassword: password, mucDomain, websocketUrl: url } = prosody;
// Its channel is SCTP: there is no web server here that would take its WebSockets.
const bridge = createMediaBridge({ mode: 'sctp', webSocketBase: () => '', ...ports });
let focus: Focus = await startFocus();

async function startFocus(): Promise<Focus> {
  const account = { domain: authDomain, username: 'focus', password, resource: 'focus' };
  const link = await waitFor(() => connectLink({ url, ...account }).catch(() => undefined), {
    what: 'Prosody to log in to',
  });
  return createFocus({ link, mucDomain, domain, bridge, ...ports });
}

await obey(async (command) => {
  switch (command.do) {
    case 'join':
      return {
        host: 'http://127.0.0.1',
        xmppDomain: domain,
        muc: mucDomain,
        websocket: url,
        focus: `${focusJid}/focus`,
      } satisfies JoinOptions;
    case 'restart':
      await prosody.kill(command.signal as NodeJS.Signals);
      await sleep(command.absence as number);
      await prosody.startAgain();
      focus = await startFocus();
      return undefined;
    case 'occupants':
      return focus.conferences.flatMap(({ members }) => members);
    default:
      throw new Error(`unknown: ${command.do}`);
  }
});
await focus.close();
await bridge.close();
await prosody.stop();
