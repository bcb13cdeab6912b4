/**
 * A TURN server that wants to know who we are, or whose nonce is over, says so without a signature (RFC 8489, 9.2.4): 401 and 438. werift takes
 * unsigned answers for forged once it has credentials, so a wrong password is no answer at all, and an allocation is lost as soon as the
 * server changes its nonce, as coturn does every ten minutes.
 */
import { type Address, classes, Message, parseMessage, type TurnProtocol } from '../parts.ts';

const signatures = ['MESSAGE-INTEGRITY', 'FINGERPRINT'];
const [unauthenticated, staleNonce] = [401, 438];

/** From now on such an answer ends its request, which werift then repeats with the nonce that it brought. */
export function heedChallenges(turn: TurnProtocol): void {
  const received = turn['handleSTUNMessage'].bind(turn);
  turn['handleSTUNMessage'] = (data: Buffer, from: Address) => {
    const message = parseMessage(data);
    const transaction = message && turn.transactions[message.transactionIdHex];
    if (transaction && isChallenge(message)) {
      Object.assign(transaction, { integrityKey: undefined });
      transaction.responseReceived(message, from);
    } else received(data, from);
  };
}

/** werift signs a request that it repeats a second time, with the first signature in it. */
export function unsigned({ messageMethod, messageClass, transactionId, json }: Message): Message {
  const own = json.attributes.filter(([name]) => !signatures.includes(name));
  return new Message(messageMethod, messageClass, transactionId, own);
}

function isChallenge(message: Message): boolean {
  if (message.messageClass !== classes.ERROR || message.attributesKeys.includes('MESSAGE-INTEGRITY'))
    return false;
  const value: unknown = message.getAttributeValue('ERROR-CODE');
  return Array.isArray(value) && (value[0] === unauthenticated || value[0] === staleNonce);
}
