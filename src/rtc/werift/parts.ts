/**
 * The parts of werift that we use, and the only place that imports it. What is built has them bundled here, without the rest of werift and of what
 * it imports, and with Node's cryptography (`native`) in place of JavaScript's: scripts/lib/bundle-werift.mjs.
 */
export {
  Candidate,
  CandidatePairState,
  Connection,
  DtlsClient,
  DtlsServer,
  Event,
  HashAlgorithm,
  Message,
  RTCSctpTransport,
  SignatureAlgorithm,
  StunOverTurnProtocol,
  StunProtocol,
  TurnProtocol,
  candidateFoundation,
  candidatePriority,
  classes,
  methods,
  parseMessage,
  serverReflexiveCandidate,
} from 'werift';
export type {
  Address,
  CandidatePair,
  DtlsSocket,
  Protocol,
  RTCDtlsTransport,
  Transport,
  UdpTransport,
} from 'werift';
