/** A transport of the network thread: what happens to it is told to the other one. */
import { type Logger, silentLogger } from '../../../base/logger.ts';
import type { PacketEngine, PacketTransport } from '../../peer-transport.ts';
import type { ThreadedOptions, TransportSnapshot } from '../messages.ts';
import type { Outbox } from './outbox.ts';

export class TransportSide {
  readonly transport: PacketTransport;

  static async create(
    engine: PacketEngine,
    number: number,
    { logs, looks, ...options }: ThreadedOptions,
    outbox: Outbox,
  ): Promise<TransportSide> {
    let side: TransportSide | undefined;
    const transport = await engine.create(
      { ...options, end: 'participant', logger: logs ? loggerTo(outbox, number, {}) : silentLogger },
      {
        // Engines tell of nothing before the transport is made.
        stateChanged(_, reason, isUntrusted) {
          if (side)
            outbox.tell({ name: 'state', transport: number, snapshot: side.snapshot, reason, isUntrusted });
        },
        candidate(candidate) {
          if (side) outbox.tell({ name: 'candidate', transport: number, snapshot: side.snapshot, candidate });
        },
        ...(looks && {
          answered() {
            if (side) outbox.tell({ name: 'answered', transport: number, snapshot: side.snapshot });
          },
        }),
      },
    );
    side = new TransportSide(transport);
    return side;
  }

  private constructor(transport: PacketTransport) {
    this.transport = transport;
  }

  get snapshot(): TransportSnapshot {
    const { canRestartIce, isLooking, local, selectedCandidatePair, state } = this.transport;
    return { canRestartIce, isLooking, local, selectedCandidatePair, state };
  }
}

function loggerTo(outbox: Outbox, transport: number, common: Readonly<Record<string, unknown>>): Logger {
  return {
    log(level, message, more) {
      const fields = { ...common, ...more };
      outbox.mention({ name: 'log', transport, level, message, fields });
    },
    child: (more) => loggerTo(outbox, transport, { ...common, ...more }),
  };
}
