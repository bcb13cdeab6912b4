/** Which engine carries a session. Each is loaded when it is needed: an import costs more than most runs of a command. */
import { MediaError, messageOf, UsageError } from '../base/errors.ts';
import type { PeerTransportEngine } from './peer-transport.ts';

export type EngineName = PeerTransportEngine['name'];

/**
 * @param name `auto`: node-datachannel for data alone where it is installed, since it is several times faster; else werift
 * @param need.media RTP will be sent or received
 * @param need.thread media is to have a thread of its own, where there can be one
 * @throws MediaError `engine-missing` when the engine is not installed, or not for this platform; UsageError `engine-no-media`
 */
export async function loadEngine(
  name: 'auto' | EngineName,
  need: { media: boolean; thread?: boolean },
): Promise<PeerTransportEngine> {
  if (need.media && need.thread && name !== 'node-datachannel') return loadThreaded();
  if (name === 'werift') return loadWerift();
  if (name === 'node-datachannel') {
    if (need.media) throw noMedia();
    return loadNodeDatachannel();
  }
  if (need.media) return loadWerift();
  return loadNodeDatachannel().then(fastWhereItCan, loadWerift);
}

/** Only werift keeps to relays. A session whose channel is a WebSocket may have no SCTP, and keeps its transport for the bridge's sake only. */
function fastWhereItCan(fast: PeerTransportEngine): PeerTransportEngine {
  return {
    name: fast.name,
    async create(options, handlers) {
      const isFit = options.sctpPort !== undefined && options.iceTransportPolicy !== 'relay';
      const engine = isFit ? fast : await loadWerift();
      return engine.create(options, handlers);
    },
  };
}

async function loadWerift(): Promise<PeerTransportEngine> {
  const { createWeriftEngine } = await import('./werift/engine.ts');
  return createWeriftEngine();
}

async function loadThreaded(): Promise<PeerTransportEngine> {
  const [{ networkThread }, { createThreadedEngine }] = await Promise.all([
    import('./thread/network-thread.ts'),
    import('./thread/engine.ts'),
  ]);
  const thread = networkThread();
  return thread ? createThreadedEngine(thread) : loadWerift();
}

async function loadNodeDatachannel(): Promise<PeerTransportEngine> {
  try {
    const { createNodeDatachannelEngine } = await import('./node-datachannel/engine.ts');
    return createNodeDatachannelEngine();
  } catch (error) {
    throw new MediaError(
      `loading the engine node-datachannel: it is not usable here (${messageOf(error)}); install it with "npm install node-datachannel", or choose the engine werift`,
      { code: 'engine-missing', cause: error },
    );
  }
}

function noMedia(): UsageError {
  return new UsageError(
    'choosing the engine node-datachannel: it carries data only; for audio and video choose werift',
    { code: 'engine-no-media' },
  );
}
