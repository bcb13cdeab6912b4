/**
 * Calls a handler from within werift, which swallows what is thrown in it. An error of the handler is its owner's affair: it must
 * neither vanish nor disturb the protocols below.
 */
export function callOut(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
