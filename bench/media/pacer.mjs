/** Calls `send` so many times a second, in small bursts, until the returned function is called. */
const burstEvery = 5;

export function pace(perSecond, send) {
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - start) * perSecond) / 1000);
    // After a long pause it does not catch up: that would measure a burst.
    sent = Math.max(sent, due - 100);
    for (; sent < due; sent++) send();
  }, burstEvery);
  return () => clearInterval(timer);
}
