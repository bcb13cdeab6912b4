/** The faults of a deployment. */
import type { Deployment } from '../deployment.ts';
import { destroyRoom, setRole } from '../muc/moderation.ts';
import type { Network } from '../network/network.ts';
import { bridgeFaults, checkDirection } from './bridge-faults.ts';
import type { Connections } from './connections.ts';
import type { Faults, NetworkFaults, RoomFaults, ServerFaults } from './faults.ts';
import { findRoom, findSocket, unknownEndpoint } from './targets.ts';

/** How long a connection seems to be alive that is not: Prosody asks for an acknowledgement now and then, and waits for it. */
const unnoticedTime = 60_000;

export function createFaults(deployment: Deployment, network: Network, connections: Connections): Faults {
  return {
    ...serverFaults(deployment, network),
    ...networkFaults(deployment, network, connections),
    ...roomFaults(deployment),
    ...bridgeFaults(deployment),
  };
}

function serverFaults(deployment: Deployment, network: Network): ServerFaults {
  return {
    restartXmpp: (options = {}) => deployment.restartXmpp(options),
    restartFocus: (options = {}) => deployment.restartFocus(options),
    restartBridge: (options = {}) => deployment.restartBridge(options),
    restartAll(options = {}) {
      // Each is gone before the first could notice anything of the others.
      deployment.restartFocus(options);
      deployment.restartXmpp(options);
      deployment.restartBridge(options);
    },
    delay: (ms) => network.setXmppDelay(ms),
  };
}

function networkFaults(deployment: Deployment, network: Network, connections: Connections): NetworkFaults {
  return {
    dropSocket: (endpointId) => findSocket(deployment, endpointId).terminate(),
    cut(direction, endpointId) {
      if (direction !== 'none') checkDirection(direction);
      for (const way of ['up', 'down'] as const) {
        const isCut = direction === 'both' || direction === way;
        network.change([way], { isCut }, endpointId);
      }
    },
    slow({ bitsPerSecond = Number.POSITIVE_INFINITY, delay = 0 }, endpointId) {
      network.change(['up', 'down'], { bitsPerSecond, delay }, endpointId);
    },
    loseAnswers: (endpointId, ms = 1000) => connections.loseAnswers(findSocket(deployment, endpointId), ms),
    changeNetwork(endpointId, noticed = unnoticedTime) {
      const socket = findSocket(deployment, endpointId);
      deployment.bridge.endpoints.find(({ id }) => id === endpointId)?.leaveAddress();
      connections.breakUnnoticed(socket, noticed);
    },
  };
}

function roomFaults(deployment: Deployment): RoomFaults {
  return {
    kick(name, endpointId, reason) {
      const { focusJid, router } = deployment.xmpp;
      const refusal = setRole(findRoom(deployment, name), focusJid, {
        nick: endpointId,
        role: 'none',
        reason,
      });
      router.flush();
      if (refusal) throw unknownEndpoint(endpointId);
    },
    destroyRoom(name, reason) {
      destroyRoom(findRoom(deployment, name), { reason });
      deployment.xmpp.router.flush();
    },
    moveBridge(name, endpointId) {
      const moved = deployment.focus?.move(findRoom(deployment, name).jid, endpointId) ?? 0;
      if (endpointId !== undefined && moved === 0) throw unknownEndpoint(endpointId);
      return moved;
    },
    strand(name, endpointId) {
      if (!deployment.focus?.strand(findRoom(deployment, name).jid, endpointId))
        throw unknownEndpoint(endpointId);
    },
  };
}
