import type { Standing } from '../../api/platform';

/** What each part is called. */
const PARTS: Record<string, string> = {
  database: 'Database', cache: 'Shared counts', queue: 'Work queue', files: 'Files', mail: 'Mail', commands: 'Commands', secrets: 'Secrets key',
};

/** What each kind of jobs does. */
const JOBS: Record<string, string> = {
  'account.delete': 'Delete a person who asked for it',
  'attachments.expire': 'Take away files nobody sent',
  'attachments.remove': 'Take away files of deleted messages',
  'blocks.look': 'See whether a visitor is blocked',
  'entity.command': 'Pass something on in a business',
  'feedback.ask': 'Ask a customer for feedback',
  'invitation.accepted': 'Welcome a new client',
  'mail.send': 'Send a letter',
  'notices.due': 'Tell the staff what is due',
  'own_data.build': 'Make a copy of somebody’s data',
  'own_data.expire': 'Take away a copy of somebody’s data',
  'teams.settle': 'See whether who has a conversation is of its team',
  'routing.give': 'Give a conversation to somebody',
  'routing.return': 'Take a conversation back into the queue',
  'routing.route': 'See who can take a conversation',
  'scheduled.send': 'Send what was scheduled',
  'support.end': 'End that we may look into a business',
  'targets.reckon': 'Reckon what is due in a conversation',
  'targets.reckon_all': 'Reckon what is due in all conversations',
  'transcripts.send': 'Send what was said in a chat',
};

const ENTITIES: Record<string, string> = { conversation: 'Conversations', account: 'Accounts', tenant: 'Businesses' };

export const partWords = (name: string): string => PARTS[name] ?? name;
/** A later server does what this page has no words for. */
export const jobWords = (task: string): string => JOBS[task] ?? task;
export const entityWords = (kind: string): string => ENTITIES[kind] ?? kind;

/** How a part does, in a word. */
export const STANDINGS: Record<Standing, string> = { well: 'Well', attention: 'Look at it', down: 'Does not work' };

/** What is over everything. */
export const HEADLINES: Record<Standing, string> = {
  well: 'Everything works', attention: 'It works, and something wants to be looked at', down: 'Something does not work',
};

const numbers = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
export const countText = (count: number): string => numbers.format(count);

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** So many bytes, as disks are sold. */
export function bytesText(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 999.95 && unit < UNITS.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${short.format(size)} ${UNITS[unit]}`;
}

/** Milliseconds, as exactly as they matter. */
export function millisecondsText(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${countText(Math.round(ms))} ms`;
}

/** How often something happens a second; less than once is told as well. */
export function rateText(rate: number): string {
  return rate >= 10 || rate === 0 ? countText(Math.round(rate)) : short.format(rate);
}
