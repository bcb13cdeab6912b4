/** What goes wrong in the field, on demand. */
import type { ColibriRefusal } from '../bridge/channel/channel-faults.ts';
import type { MediaDirection } from '../bridge/media/media-faults.ts';
import type { BridgeAbsence, FocusAbsence, XmppAbsence } from '../deployment.ts';

/** Methods throw UsageError `unknown-room` or `unknown-endpoint` when there is no such target. */
export interface Faults extends ServerFaults, NetworkFaults, RoomFaults, BridgeFaults {}

export type { Absence, BridgeAbsence, FocusAbsence, Meanwhile, XmppAbsence } from '../deployment.ts';

/** Of a network: TCP loses nothing, it only comes late, and what waits when a connection breaks is lost; datagrams are lost. */
export interface SlowNetwork {
  /** ms that everything is late, in each direction. Default 0. */
  delay?: number;
  /** Of TCP connections, each by itself, in each direction. Default: as fast as it goes. */
  bitsPerSecond?: number;
}

export interface ServerFaults {
  /**
   * The XMPP server is killed and started again: connections break without any closing handshake, rooms and sessions are gone. The
   * focus and the bridge are connected to it, and come back a while after it.
   */
  restartXmpp(options?: XmppAbsence): void;
  /**
   * The focus is killed and started again. It is out of all rooms, session ids are unknown, media goes on. It comes back to a room when
   * a participant requests the conference again; until it runs, requests are answered with `service-unavailable`, or 502 by HTTP.
   */
  restartFocus(options?: FocusAbsence): void;
  /**
   * The bridge is killed and started again: transports and channels are dead without a word, and nobody knows their sessions. The focus
   * notices and ends the sessions ("moving"); it offers new ones when the bridge is back.
   */
  restartBridge(options?: BridgeAbsence): void;
  /** All three at once, as of a machine that reboots; they are back one after the other, the XMPP server first. */
  restartAll(options?: XmppAbsence): void;
  /** From now on XMPP frames to clients arrive `ms` late. 0 ends it. */
  delay(ms: number): void;
}

export interface NetworkFaults {
  /** Breaks the connection of a participant, without any closing handshake. They stay in the room as long as they can resume. */
  dropSocket(endpointId: string): void;
  /**
   * From now on nothing gets through though connections stand: neither frames nor datagrams, and who connects gets no answer. One direction
   * alone is a half-open connection. `none` ends it: what waited on TCP connections then arrives, if they still stand.
   * @param endpointId default: everybody. A participant who connects anew without resuming is taken for somebody else
   */
  cut(direction: MediaDirection | 'none', endpointId?: string): void;
  /** From now on the network is slow. `{}` ends it. @param endpointId default: everybody */
  slow(how: SlowNetwork, endpointId?: string): void;
  /**
   * From now on nothing of the XMPP server reaches a participant, neither acknowledgements nor answers; what the participant sends is handled
   * all the same. Then the connection breaks. @param ms until it does; default 1000
   */
  loseAnswers(endpointId: string, ms?: number): void;
  /**
   * A participant has another address from now on: connections break for the participant, and the server does not notice for a while;
   * datagrams of the present session get nowhere, those of an ICE restart or of a new session do.
   * @param noticed ms until the server knows; default 60 000
   */
  changeNetwork(endpointId: string, noticed?: number): void;
}

export interface RoomFaults {
  /** Kicks a participant, as the focus. @param room its name or bare JID */
  kick(room: string, endpointId: string, reason?: string): void;
  /** Destroys a room: everybody is out. @param room its name or bare JID */
  destroyRoom(room: string, reason?: string): void;
  /**
   * Moves the media session of a participant, or of everybody in the room, to new transports, as when a bridge is drained:
   * `session-terminate` "moving" and a new offer. Returns how many are moved. @param room its name or bare JID
   */
  moveBridge(room: string, endpointId?: string): number;
  /**
   * Ends the media session of a participant with "moving", and no other is offered until they have left the room and come again: real ones do so
   * after some errors. @param room its name or bare JID
   */
  strand(room: string, endpointId: string): void;
}

export interface BridgeFaults {
  /**
   * Takes the bridge away: sessions end with "moving", and as long as there is none the presence of the focus says so and
   * nobody is offered a session. `true` brings it back, with new offers for all.
   */
  bridgeAvailable(isAvailable: boolean): void;
  /**
   * Ends the bridge channels of an endpoint, which may open new ones. @param code close code of its WebSocket; without one the
   * connection breaks
   */
  dropBridgeChannel(endpointId: string, code?: number, reason?: string): void;
  /**
   * New WebSockets to the bridge are refused until `false`. @param how `true`: 403, as a bridge does that has forgotten the endpoint; another
   * status, as of a proxy that does not reach it (200 comes with a page); or `hang`: there is no answer
   */
  refuseBridgeChannel(how: boolean | ColibriRefusal): void;
  /** From now on bridge messages to clients arrive `ms` late. 0 ends it. */
  bridgeDelay(ms: number): void;
  /**
   * From now on the bridge handles so many messages of each endpoint in a second, and silently drops what comes while `limit`
   * wait, as a real one does with what is too much for it. 0 ends it. @param limit default 50
   */
  bridgeQueue(perSecond: number, limit?: number): void;
  /**
   * From now on so many of the UDP datagrams between participants and the bridge are lost: media, RTCP, data channels, and the checks
   * that keep a connection alive. 1 is an outage. 0 ends it.
   * @param fraction 0 to 1 @param direction `up` to the bridge, `down` from it, default `both`
   */
  mediaLoss(fraction: number, direction?: MediaDirection): void;
  /**
   * From now on UDP datagrams are `ms` late between participants and the bridge, in each direction: half of the round trip. 0 ends it.
   * @param jitter each datagram is up to so many ms later still, and so they overtake each other; default 0
   */
  mediaDelay(ms: number, jitter?: number): void;
  /**
   * From now on so much fits through the way between each participant and the bridge: UDP datagrams wait for their turn, up to 300 ms, and
   * those that would wait longer are dropped. The bridge notices by what receivers say of its packets, and sends them less.
   * @param bitsPerSecond `Infinity` ends it @param direction `up` to the bridge, `down` from it, default `both`
   */
  mediaRate(bitsPerSecond: number, direction?: MediaDirection): void;
  /**
   * The way that the datagrams of an endpoint take is lost for good, as when a NAT forgets it: only an ICE restart finds another, or a
   * new session.
   */
  loseWay(endpointId: string): void;
  /**
   * From now on the bridge believes that so much fits through the way from it to each participant, whatever it would estimate: it tells them, leaves out
   * layers of videos, and suspends those that do not fit at all, as with a narrow downlink. @param bitsPerSecond 0 or more; 20 000 000 or more ends it
   */
  downlink(bitsPerSecond: number): void;
  /**
   * The bridge forgets an endpoint, as it does with those that are silent too long. The focus notices when it next has something
   * to say about it, and makes a new session then.
   */
  expireEndpoint(endpointId: string): void;
}
