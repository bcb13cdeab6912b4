/** A bridge without sockets: says what it was asked for. */
import type { IceTransport, MediaType, SourceSet } from '../../src/jingle/model.ts';
import type { Bridge, BridgeEndpoint, EndpointRequest } from '../../src/sandbox/bridge/bridge.ts';

export interface FakeEndpoint extends BridgeEndpoint {
  readonly request: EndpointRequest;
  readonly conferenceId: string;
  remoteTransports: IceTransport[];
  sources: SourceSet | undefined;
  lastN: number | undefined;
  /** Kinds of media that the focus has taken from it. */
  forceMuted: Set<MediaType>;
  isExpired: boolean;
}

export interface FakeBridge extends Bridge {
  /** Every endpoint ever allocated, in order. */
  readonly endpoints: FakeEndpoint[];
  /** What an ICE restart answers. */
  restartedTransport: IceTransport | undefined;
  /** The endpoint's latest. */
  endpointOf(id: string): FakeEndpoint;
}

/** @param sctp it has data channels */
export function createFakeBridge(sctp = true): FakeBridge {
  let lastConference = 0;
  const endpoints: FakeEndpoint[] = [];
  const bridge: FakeBridge = {
    region: 'region1',
    endpoints,
    restartedTransport: undefined,
    endpointOf(id) {
      const endpoint = endpoints.findLast((candidate) => candidate.id === id);
      if (!endpoint) throw new Error(`nothing was allocated for ${id}`);
      return endpoint;
    },
    createConference() {
      lastConference += 1;
      const conferenceId = `conference${lastConference}`;
      return {
        id: conferenceId,
        isLost: false,
        sources: placeholders,
        allocate(request) {
          const endpoint: FakeEndpoint = {
            id: request.id,
            request,
            conferenceId,
            transport: transportOf(conferenceId, request, sctp),
            remoteTransports: [],
            sources: undefined,
            lastN: undefined,
            forceMuted: new Set(),
            isExpired: false,
            setRemoteTransport: (transport) => void endpoint.remoteTransports.push(transport),
            setSources: (sources) => {
              endpoint.sources = sources;
            },
            setForceMuted: (mediaType, isMuted) => {
              if (isMuted) endpoint.forceMuted.add(mediaType);
              else endpoint.forceMuted.delete(mediaType);
            },
            setInitialLastN: (lastN) => {
              endpoint.lastN = lastN;
            },
            restartIce: () => Promise.resolve(bridge.restartedTransport),
            expire: () => {
              endpoint.isExpired = true;
            },
          };
          endpoints.push(endpoint);
          return Promise.resolve(endpoint);
        },
        abandon() {},
        close: () => {
          for (const endpoint of endpoints) if (endpoint.conferenceId === conferenceId) endpoint.expire();
          return Promise.resolve();
        },
      };
    },
    close: () => Promise.resolve(),
  };
  return bridge;
}

const placeholders: SourceSet = {
  sources: [
    { ssrc: 11, mediaType: 'audio', owner: 'jvb', name: 'jvb-a0', msid: 'mixedmslabel mixedlabelaudio0' },
    { ssrc: 12, mediaType: 'video', owner: 'jvb', name: 'jvb-v0', msid: 'mixedmslabel mixedlabelvideo0' },
  ],
  groups: [],
};

function transportOf(conferenceId: string, { id, sctp }: EndpointRequest, hasSctp: boolean): IceTransport {
  return {
    ufrag: `ufrag-${id}`,
    pwd: `password-of-${id}`,
    rtcpMux: true,
    fingerprints: [{ hash: 'sha-256', value: '00:11', setup: 'actpass', cryptex: false }],
    candidates: [
      {
        foundation: '1',
        component: 1,
        protocol: 'udp',
        priority: 2130706431,
        ip: '127.0.0.1',
        port: 10000,
        type: 'host',
        generation: 0,
        id: 'c1',
      },
    ],
    webSocketUrls: [`ws://127.0.0.1:1/colibri-ws/default-id/${conferenceId}/${id}?pwd=x`],
    ...(sctp && hasSctp ? { sctp: { port: 5000, protocol: 'webrtc-datachannel', streams: 1024 } } : {}),
  };
}
