/** Where nobody looks, there is no frame to wait for; also when that is so only from now on. */
const NO_FRAME_MS = 1_000;

/** When what was drawn until now is seen, or after a second without a frame. */
export function painted(): Promise<void> {
  if (document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, NO_FRAME_MS);
  });
}
