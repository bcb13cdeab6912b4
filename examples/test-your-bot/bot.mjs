/** A bot as it would be in a project of yours: it greets who comes, and says goodbye when it is asked to. */
import { join } from 'jitsi-headless';

/** Resolves, once it is in the room, with its conference. */
export async function greet(url) {
  const conference = await join(url, { nick: 'Greeter', media: false });
  conference.on('participantJoined', ({ participant }) =>
    conference.chat.send(`Hello, ${participant.displayName}!`),
  );
  conference.on('messageReceived', ({ message }) =>
    message.text === '!bye' ? conference.leave('bye') : undefined,
  );
  return conference;
}
