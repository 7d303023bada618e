import { REQUIRED_FIELDS, type ServerFrame } from './protocol.gen';

/** Reads a frame of the server; `null` for what is none, or of a type this client does not know. */
export function parseServerFrame(text: unknown): ServerFrame | null {
  if (typeof text !== 'string') return null;
  try {
    const frame = JSON.parse(text) as Record<string, unknown> | null;
    const type = frame?.['t'];
    const known = typeof type === 'string' && Object.hasOwn(REQUIRED_FIELDS, type);
    return known && REQUIRED_FIELDS[type as ServerFrame['t']].every((name) => frame![name] !== undefined) ? (frame as ServerFrame) : null;
  } catch {
    return null;
  }
}
