import { REQUIRED_FIELDS, type ServerFrame } from './protocol.gen';

/** Reads a frame of the server; `null` for what is none, or of a type this client does not know. */
export function parseServerFrame(text: unknown): ServerFrame | null {
  if (typeof text !== 'string') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Record<string, unknown>;
  const type = fields['t'];
  if (typeof type !== 'string' || !Object.hasOwn(REQUIRED_FIELDS, type)) return null;
  const complete = REQUIRED_FIELDS[type as ServerFrame['t']].every((name) => fields[name] !== undefined);
  return complete ? (value as ServerFrame) : null;
}
