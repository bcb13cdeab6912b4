/** The paths that are compared, and the ratios that say something. */
import { root } from '../../scripts/lib/run.mjs';

const node = { command: process.execPath, args: [`${root}bench/peers/peer.mjs`] };

const webSocket = [
  {
    id: 'a',
    title: 'constant text over bare ws',
    ...node,
    needsEndpoints: true,
    open: { kind: 'constant-text' },
  },
  { id: 'b', title: 'ours', ...node, open: { kind: 'ours', channel: 'ws' } },
  {
    id: 'c',
    title: 'JSON.stringify and JSON.parse',
    ...node,
    needsEndpoints: true,
    open: { kind: 'obvious' },
  },
  { id: 'd', title: 'Go, coder/websocket, encoding/json', args: [], needsEndpoints: true, open: {} },
];

const sctp = ['werift', 'node-datachannel'].flatMap((engine) => [
  { id: `e-${engine}`, title: `constant text over bare ${engine}`, ...node, open: { kind: engine } },
  {
    id: `b-${engine}`,
    title: `ours over ${engine}`,
    ...node,
    open: { kind: 'ours', channel: 'sctp', engine },
  },
]);

/** @param goPeer the program; without it there is no path through Go */
export const groups = (goPeer) => [
  {
    channel: 'ws',
    paths: webSocket.flatMap((path) => {
      if (path.id !== 'd') return [path];
      return goPeer === undefined ? [] : [{ ...path, command: goPeer }];
    }),
    // The goal is given where there is one, and from which size on.
    ratios: [
      { of: 'b', to: 'a', goal: 0.9, from: 8192 },
      { of: 'b', to: 'd', goal: 1.5, from: 0 },
      { of: 'b', to: 'c' },
    ],
  },
  {
    channel: 'sctp',
    paths: sctp,
    ratios: [
      { of: 'b-werift', to: 'e-werift', goal: 0.9, from: 0 },
      { of: 'b-node-datachannel', to: 'e-node-datachannel', goal: 0.9, from: 0 },
    ],
  },
];
