/** What is played: each fault resolves when the network, or the server, is whole again. */
import { type RandomBytes, randomBetween } from '../../src/base/random.ts';
import type { Scene } from './scene.ts';
import { sleep } from './sleep.ts';

export interface Fault {
  readonly name: string;
  /** In words, for the table. */
  readonly what: string;
  /** s that it takes at most. */
  readonly seconds: number;
  /** It is played on a real Prosody. */
  readonly isOnProsody?: boolean;
  play(scene: Scene, random: RandomBytes): Promise<void>;
}

/** A whole number. */
function between(random: RandomBytes, low: number, high: number): number {
  return Math.round(randomBetween(random, low, high));
}

function oneOf<Value>(random: RandomBytes, values: readonly Value[]): Value {
  return values[Math.min(values.length - 1, Math.floor(randomBetween(random, 0, values.length)))] as Value;
}

const meanwhiles = ['bad-gateway', 'hang', 'refused'] as const;

/** ms until a server that has just started is connected to the others. */
const connecting = 1000;

function restart(name: string, what: string, options: object = {}, more = 0): Fault {
  return {
    name: `${name}-restarted`,
    what,
    seconds: 4,
    async play({ deployment }, random) {
      const absence = between(random, 0, 3000);
      const method = `restart${name[0]?.toUpperCase()}${name.slice(1)}`;
      await deployment.play(method, { absence, meanwhile: oneOf(random, meanwhiles), ...options });
      await sleep(absence + more);
    },
  };
}

/** A cut of the network between one participant and everything. */
function cut(name: string, what: string, direction: string, from: number, to: number): Fault {
  return {
    name,
    what,
    seconds: to / 1000,
    async play({ alice, deployment }, random) {
      const { endpointId } = await alice.look();
      await deployment.play('cut', direction, endpointId);
      await sleep(between(random, from, to));
      await deployment.play('cut', 'none', endpointId);
    },
  };
}

export const faults: readonly Fault[] = [
  restart('xmpp', 'XMPP server killed and started again', { focusAbsence: connecting }, connecting),
  {
    ...restart(
      'xmpp',
      'XMPP server told to end, and started again',
      { focusAbsence: connecting, shutdown: true },
      connecting,
    ),
    name: 'xmpp-shut-down',
  },
  {
    ...restart('xmpp', 'proxy before it restarted: only connections break', { forget: false }),
    name: 'proxy-restarted',
  },
  restart('focus', 'focus killed and started again'),
  {
    name: 'focus-silent',
    what: 'focus killed, and the server takes it to be there for a while',
    seconds: 5,
    async play({ deployment }, random) {
      const unnoticed = between(random, 1000, 5000);
      await deployment.play('restartFocus', { absence: unnoticed, unnoticed });
      await sleep(unnoticed);
    },
  },
  restart('bridge', 'bridge killed and started again'),
  {
    name: 'bridge-unnoticed',
    what: 'bridge killed and back at once, which the focus does not notice',
    seconds: 11,
    async play({ deployment }) {
      await deployment.play('restartBridge', { noticed: false });
    },
  },
  restart('all', 'all three at once', { focusAbsence: connecting }, connecting),
  {
    name: 'process-killed',
    what: 'the whole deployment killed with SIGKILL, and started again at its address',
    seconds: 4,
    play: ({ deployment }, random) => deployment.restartServer('SIGKILL', between(random, 0, 3000)),
  },
  {
    name: 'prosody-killed',
    what: 'a real Prosody killed with SIGKILL, and started again',
    seconds: 6,
    isOnProsody: true,
    play: ({ deployment }, random) => deployment.restartServer('SIGKILL', between(random, 0, 3000)),
  },
  {
    name: 'prosody-shut-down',
    what: 'a real Prosody told to end, and started again',
    seconds: 6,
    isOnProsody: true,
    play: ({ deployment }, random) => deployment.restartServer('SIGTERM', between(random, 0, 3000)),
  },
  cut('black-hole', 'nothing gets through from or to one', 'both', 1000, 8000),
  cut('long-black-hole', 'the same, for longer than it takes to notice', 'both', 40_000, 40_000),
  cut('half-open-down', 'nothing reaches one', 'down', 22_000, 28_000),
  cut('half-open-up', 'nothing comes from one', 'up', 22_000, 28_000),
  {
    name: 'outage',
    what: 'nothing gets through for anybody, and nobody can connect',
    seconds: 30,
    async play({ deployment }, random) {
      await deployment.play('cut', 'both');
      await sleep(between(random, 2000, 30_000));
      await deployment.play('cut', 'none');
    },
  },
  {
    name: 'slow',
    what: 'everything is late for one, and connections are narrow',
    seconds: 8,
    async play({ alice, deployment }, random) {
      const { endpointId } = await alice.look();
      const how = { delay: between(random, 300, 1500), bitsPerSecond: between(random, 64_000, 256_000) };
      await deployment.play('slow', how, endpointId);
      await sleep(8000);
      await deployment.play('slow', {}, endpointId);
    },
  },
  {
    name: 'lost-acknowledgements',
    what: 'what one says is handled, no answer comes, and the connection breaks',
    seconds: 3,
    async play({ alice, deployment }, random) {
      const ms = between(random, 200, 3000);
      await deployment.play('loseAnswers', (await alice.look()).endpointId, ms);
      await sleep(ms);
    },
  },
  {
    name: 'network-changed',
    what: 'one has another address; the server notices much later',
    seconds: 1,
    async play({ alice, deployment }) {
      await deployment.play('changeNetwork', (await alice.look()).endpointId);
    },
  },
  {
    name: 'connection-broken',
    what: 'the XMPP connection of one breaks',
    seconds: 1,
    async play({ alice, deployment }) {
      await deployment.play('dropSocket', (await alice.look()).endpointId);
    },
  },
  {
    name: 'sessions-moved',
    what: 'both media sessions moved three times in a row',
    seconds: 5,
    async play({ deployment }, random) {
      for (const _ of [1, 2, 3]) {
        await deployment.play('moveBridge', 'chaos');
        await sleep(between(random, 0, 1500));
      }
    },
  },
  {
    name: 'bridge-missing',
    what: 'there is no bridge for a while',
    seconds: 5,
    async play({ deployment }, random) {
      await deployment.play('bridgeAvailable', false);
      await sleep(between(random, 500, 5000));
      await deployment.play('bridgeAvailable', true);
    },
  },
  {
    name: 'suspended',
    what: 'the process of one is stopped, as by a laptop that sleeps',
    seconds: 10,
    play: (scene, random) => suspend(scene, between(random, 2000, 10_000)),
  },
  {
    name: 'long-suspended',
    what: 'the same for longer than a session is kept for who is gone',
    seconds: 75,
    play: (scene) => suspend(scene, 75_000),
  },
];

async function suspend({ alice }: Scene, ms: number): Promise<void> {
  alice.remote.signal('SIGSTOP');
  await sleep(ms);
  alice.remote.signal('SIGCONT');
}

export const activities = ['idle', 'chat', 'private', 'bridge', 'media'] as const;

export type Activity = (typeof activities)[number];
