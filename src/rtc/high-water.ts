/**
 * Bytes waiting to be sent above which a sender should stop. A WebSocket has the system's buffers (some MB) behind it, so ours need only
 * last until those have room again; what waits here also delays constraints and answers to pings. SCTP engines get
 * slower with each message in their queue (werift: 3000 messages a second with 64 KiB, 100 with 1 MiB).
 */
export const highWaterMark: Readonly<Record<'ws' | 'sctp', number>> = { ws: 256 * 1024, sctp: 64 * 1024 };
