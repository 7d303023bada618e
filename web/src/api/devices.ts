import { call } from './session';

/** A browser in which one is told while no page is open. */
export interface PushDevice {
  id: string;
  /** Whether it is this one. */
  current: boolean;
  /** What it calls itself. */
  device: string;
  created_at: string;
  reached_at: string | null;
  /** The last attempt came to nothing, then. */
  failed_at: string | null;
}

export interface PushDevices {
  /** In base64url. */
  public_key: string;
  devices: PushDevice[];
}

export const pushDevices = () => call<PushDevices>('GET', '/v1/notices/devices');
export const addPushDevice = (to: { endpoint: string; p256dh: string; auth: string }) => call<PushDevice>('POST', '/v1/notices/devices', to);
export const removePushDevice = (id: string) => call<unknown>('DELETE', `/v1/notices/devices/${id}`);
export const testPushDevice = (id: string) => call<unknown>('POST', `/v1/notices/devices/${id}/test`, {});
