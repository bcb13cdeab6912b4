/** What a command tells of a connection that is lost and made again. */
import type { Conference } from '../../client/conference.ts';
import type { Output } from '../streams/output.ts';

/** The objects of `--json` about the connection, by `type`; times in ms. */
export type ConnectionRecord =
  | { type: 'reconnecting'; attempt: number; in: number; code: string; message: string }
  | { type: 'reconnected'; resumed: boolean; away: number; id: string };

export function reportConnection(conference: Pick<Conference, 'on'>, output: Output): void {
  const show = (record: ConnectionRecord, words: string): void => output.news(record, words);
  conference.on('reconnecting', ({ attempt, cause, nextAt }) => {
    const wait = Math.max(0, nextAt - Date.now());
    const what = attempt === 1 ? 'connection lost' : `try ${attempt - 1} to reconnect failed`;
    show(
      { type: 'reconnecting', attempt, in: wait, code: cause.code, message: cause.message },
      `${what}: ${cause.message}; trying again in ${seconds(wait)}`,
    );
  });
  conference.on('reconnected', ({ away, endpointId, resumed, previousEndpointId }) => {
    const id = previousEndpointId === undefined ? '' : `, as ${endpointId} now`;
    const how = resumed ? 'connection resumed' : 'in the room again';
    show({ type: 'reconnected', resumed, away, id: endpointId }, `${how} after ${seconds(away)}${id}`);
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
