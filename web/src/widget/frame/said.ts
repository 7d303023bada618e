/** What a site says of who is here. */
export interface Said {
  id?: string;
  name?: string;
  email?: string;
}

/** What a signed identity says. It is not checked here: whoever could invent one could as well write a letter under that name. */
export function saidIn(identity: string): Said {
  try {
    const bytes = Uint8Array.from(atob(identity.split('.')[0]!.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    return Object.fromEntries((['id', 'name', 'email'] as const).flatMap((key) => (typeof claims[key] === 'string' ? [[key, claims[key]]] : [])));
  } catch {
    return {};
  }
}
