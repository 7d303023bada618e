// A push service with one browser behind it: takes what is pushed and opens it with the browser's private key (RFC 8291).
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

export class PushService {
  /** What the browser would read, in this order. */
  pushed = [];
  /** How it answers. */
  status = 201;
  #server;
  #own = createECDH('prime256v1');
  #auth = randomBytes(16);

  static async start() {
    const service = new PushService();
    service.#own.generateKeys();
    service.#server = createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        service.pushed.push(service.#open(Buffer.concat(chunks)));
        response.writeHead(service.status).end();
      });
    });
    await new Promise((resolve) => service.#server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  /** What lets a server push here. */
  static env = { BRIGADE_PUSH_ALLOW: '127.0.0.0/8' };

  /** What `PushSubscription.toJSON()` says. */
  get subscription() {
    const endpoint = `http://127.0.0.1:${this.#server.address().port}/send/${this.#auth.toString('hex')}`;
    return { endpoint, keys: { p256dh: this.#own.getPublicKey('base64url'), auth: this.#auth.toString('base64url') } };
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #open(body) {
    const [salt, theirs, sealed] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
    const derive = (secret, extra, info, length) => Buffer.from(hkdfSync('sha256', secret, extra, info, length));
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#own.getPublicKey(), theirs]);
    const key = derive(this.#own.computeSecret(theirs), this.#auth, info, 32);
    const cipher = createDecipheriv('aes-128-gcm', derive(key, salt, 'Content-Encoding: aes128gcm\0', 16), derive(key, salt, 'Content-Encoding: nonce\0', 12));
    cipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
    return plain.subarray(0, plain.lastIndexOf(2)).toString();
  }
}

/**
 * As an init script: the browser has a push service after all. Only where it is asked for one and says what it has is ours; permission,
 * service worker and what is shown are the browser's own. `window.pushTrouble` makes it fail.
 */
export function subscribeHere(subscription) {
  const KEY = 'test.subscribed';
  const said = { ...subscription, toJSON: () => subscription, unsubscribe: async () => (localStorage.removeItem(KEY), true) };
  PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
    if (window.pushTrouble) throw new DOMException('no push service', 'AbortError');
    if (!userVisibleOnly || atob(applicationServerKey.replaceAll('-', '+').replaceAll('_', '/')).length !== 65) throw new TypeError('no key');
    localStorage.setItem(KEY, 'yes');
    return said;
  };
  PushManager.prototype.getSubscription = async () => (localStorage.getItem(KEY) === null ? null : said);
}
