/**
 * The timers of the process at load time. The build lets all code use these, so that a test that
 * fakes timers does not stop a listener or a call of `netcore-hook/testing`.
 */
const real = globalThis;
export const {
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  clearImmediate,
  queueMicrotask,
  performance,
} = real;
