/** One offer of the bridge's, answered by a caller's peer connection (RFC 9429, 4.1). */
import { JitsiError, MediaError, messageOf } from '../../base/errors.ts';
import { PlanBError } from '../../sdp/plan-b-error.ts';
import type { RemoteDescription } from '../../sdp/remote-description.ts';
import type { W3cPeerConnection } from '../w3c-peer-connection.ts';
import { keepInactiveTransceivers, takeSctpClientRole } from './werift-peer.ts';

/**
 * @returns the local description
 * @throws PlanBError `plan-b-refused`, MediaError `negotiation-failed`
 */
export async function answerOffer(
  pc: W3cPeerConnection,
  description: RemoteDescription,
  sid: string,
): Promise<string> {
  const { sdp, answered } = description.nextOffer();
  try {
    await takeOffer(pc, description, sdp);
    takeSctpClientRole(pc);
    const answer = await pc.createAnswer();
    await pc.setLocalDescription({ type: 'answer', sdp: answer.sdp ?? '' });
    answered();
    return pc.localDescription?.sdp ?? answer.sdp ?? '';
  } catch (error) {
    if (error instanceof JitsiError) throw error;
    throw new MediaError(`negotiating session ${sid}: the peer connection refused: ${messageOf(error)}`, {
      code: 'negotiation-failed',
      cause: error,
    });
  }
}

async function takeOffer(
  pc: W3cPeerConnection,
  { planBTracks }: RemoteDescription,
  sdp: string,
): Promise<void> {
  const restore = keepInactiveTransceivers(pc);
  try {
    await pc.setRemoteDescription({ type: 'offer', sdp });
  } catch (error) {
    if (planBTracks === undefined) throw error;
    throw planBRefused(`it refused the offer: ${messageOf(error)}`, error);
  } finally {
    restore();
  }
  const receivers = pc.getReceivers?.().length ?? Infinity;
  if (planBTracks !== undefined && receivers < planBTracks)
    throw planBRefused(`it took ${receivers} of ${planBTracks} tracks`);
}

function planBRefused(why: string, cause?: unknown): PlanBError {
  return new PlanBError(
    `negotiating in Plan B: the peer connection does not know it: ${why}; make another one, and a negotiator with semantics 'unified'`,
    { code: 'plan-b-refused', cause },
  );
}
