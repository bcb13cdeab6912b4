/** A logger for what clients can cause as often as they like: a few warnings of a kind in a while, then their number. */
import type { Clock, Milliseconds } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';

const period: Milliseconds = 10_000;
const limit = 5;
/** Kinds are our own words; should one have something of a client's in it, their number stays bounded all the same. */
const kindLimit = 1_000;

interface Kind {
  /** When its period began. */
  since: Milliseconds;
  told: number;
  untold: number;
}

/** Passes warnings and errors on `limit` times in ten seconds for each text; the next one says in `untold` how many were left out. */
export function limitedLogger(logger: Logger, clock: Pick<Clock, 'now'>): Logger {
  return limited(logger, clock, new Map());
}

function limited(logger: Logger, clock: Pick<Clock, 'now'>, kinds: Map<string, Kind>): Logger {
  return {
    log(level, message, fields) {
      if (level !== 'warn' && level !== 'error') return logger.log(level, message, fields);
      const kind = kindOf(message);
      if (kind.told === limit) {
        kind.untold += 1;
        return;
      }
      kind.told += 1;
      const { untold } = kind;
      kind.untold = 0;
      logger.log(level, message, untold === 0 ? fields : { ...fields, untold });
    },
    child: (fields) => limited(logger.child(fields), clock, kinds),
  };

  function kindOf(message: string): Kind {
    const now = clock.now();
    const known = kinds.get(message);
    if (known) {
      if (now - known.since >= period) Object.assign(known, { since: now, told: 0 });
      return known;
    }
    if (kinds.size >= kindLimit) kinds.clear();
    const made: Kind = { since: now, told: 0, untold: 0 };
    kinds.set(message, made);
    return made;
  }
}
