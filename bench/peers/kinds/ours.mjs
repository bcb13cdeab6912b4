/** (b) Ours: `sendRaw` until it says stop, `rawMessages()`. */
import { join } from '../../../dist/index.js';

export async function connect({ host, room, nick, channel, engine }) {
  const conference = await join({ host, room, nick, media: false, bridge: channel, engine });
  const { bridge } = conference;
  await bridge.opened({ timeout: 30_000 });
  return {
    id: conference.endpointId,
    drained: () => bridge.drained(),
    sender: (to, payload) => () => bridge.sendRaw(to, payload),
    async receive(size, received) {
      for await (const { data } of bridge.rawMessages()) received(data.length === size());
    },
  };
}
