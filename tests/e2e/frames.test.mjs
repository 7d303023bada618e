// The check of frames against the document must be able to fail.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { frameDifferences } from './support/frames.mjs';

const topic = 'conversation:cnv_01h455vb4pex5vsknk084sn02q';
const ev = (type, body, more = {}) => JSON.stringify({ t: 'ev', topic, seq: 1, type, body, by: 'system', at: '2026-01-01T00:00:00Z', ...more });

it('takes what is right and names what is not', () => {
  assert.deepEqual(frameDifferences('received', ev('resolved', {})), []);
  assert.match(frameDifferences('received', ev('resolved', { why: 1 })).join(), /why: not in the document/);
  assert.match(frameDifferences('received', ev('message_sent', {})).join(), /text: missing/);
  assert.match(frameDifferences('received', ev('vanished', {})).join(), /not "/);
  assert.match(frameDifferences('received', ev('resolved', {}, { extra: 1 })).join(), /extra: not in the document/);
  assert.match(frameDifferences('received', ev('resolved', {}, { by: 'somebody' })).join(), /does not match/);
  assert.match(frameDifferences('sent', '{"t":"wave"}').join(), /no frame of type wave/);
  assert.match(frameDifferences('sent', JSON.stringify({ t: 'cmd', id: 'x', topic, type: 'send', body: { text: 5 } })).join(), /integer instead of string/);
  assert.deepEqual(frameDifferences('sent', JSON.stringify({ t: 'sub', topic })), []);
});
