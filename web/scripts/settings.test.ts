// Every setting changes what it says: each control of the settings' pages, with the tests that change it and see what comes of it. A
// control that is new, or renamed, and a test that is gone, fail here; whether a test looks at the right thing is for who reads it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const SETTINGS = 'web/src/pages/settings';
/** Parts of them that are kept elsewhere. */
const PARTS = ['web/src/components/push/push-card.ts', 'web/src/components/second-factor/set-up.ts', 'web/src/components/second-factor/code-field.ts', 'web/src/components/second-factor/recovery-codes.ts'];
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Names that stand on controls: of fields, buttons and choices, of boxes to tick, and of what is only read aloud. */
const NAMES = [
  /\blabel: (?:'([^']+)'|`([^`]+)`)/g,
  /\b(?:spanField|choiceCards)\('([^']+)'/g,
  /class: c\('tick'\) \}, (?:\w+\([^'`\n()]*\)|[^'`\n()])*(?:'([^']+)'|`([^`]+)`)\)/g,
  /el\('(?:input|button)', \{[^\n]*'aria-label': (?:'([^']+)'|`([^`]+)`)/g,
];
const controlsOf = (path: string) => new Set(NAMES.flatMap((pattern) => [...read(path).matchAll(pattern)].map(([, plain, filled]) => plain ?? filled!)));

/** They lead on, ask again, copy or take back what was only written; nothing of the business or of oneself is another by them. */
const LEAD_ON = new Set([
  'Try again', 'Copy', 'Cancel', 'Show older ones', 'Show earlier ones', 'Discard changes', 'Deliveries', 'Continue', 'Save as a file', 'Done', 'Code', 'Recovery code', 'Your password',
]);

/** By file: controls, and the tests in which they are changed and something else comes of it. */
const CHANGES: Record<string, [controls: string[], tests: string[]][]> = {
  'audit-words.ts': [[['Everything', 'Signing in', 'People and roles', 'Settings and keys', 'Conversations and clients'], ['e2e/settings: what was changed is in the audit log, with who did it']]],
  'audit.ts': [[['Show'], ['e2e/settings: what was changed is in the audit log, with who did it']]],
  'blocked.ts': [[['Let them write', 'Undo'], ['e2e/visitors: are listed with a way back, which can be taken back']]],
  'business.ts': [[['Name'], ['e2e/settings: the name of the business is what customers see']]],
  'delete-account.ts': [[['Delete your account'], ['e2e/own-data: says what goes and what stays, and signing in takes it back', 'it/identity/deletion: what_is_theirs_goes_and_their_words_stay']]],
  'deliveries.ts': [[['Send again'], ['e2e/webhooks: shows what failed as text, and sends it again with the same id']]],
  'feedback.ts': [
    [['What you ask'], ['e2e/feedback: asks in the chat, takes a score by keyboard, and shows it to the staff']],
    [['Ask customers how it was'], ['e2e/feedback: is not asked when the business does not want to know']],
  ],
  'greeting.ts': [
    [['When somebody is there', 'Greet differently on a page', 'Page', 'Greet as everywhere on this page'], ['e2e/settings: the greeting is what a visitor reads']],
    [['When nobody is there'], ['e2e/settings: who does not take chats is not there for visitors', 'it/chat/site: the_widget_learns_whether_somebody_is_there']],
  ],
  'history.ts': [[['This was not me', 'Current password', 'New password'], ['e2e/own-data: shows who tried, and signs everybody else out with a new password']]],
  'hours.ts': [
    [['Time zone', 'Remove these hours of ${day}', '${day} ${which}'], ['e2e/settings: hours decide when the chat says it is open, in the zone that is set']],
    [['Closed all day on', 'Open again on ${date}'], ['e2e/settings: a day that is closed is so whatever the hours say, until it is taken off']],
  ],
  'identity.ts': [
    [['Make the secret'], ['e2e/identify: is seen by the staff, and a forged word changes nothing']],
    [['New secret', 'End it'], ['e2e/identify: is nobody the site knows any more once the secret is ended, and again with a new one', 'it/chat/identify: the_secret_is_shown_once_and_the_one_before_counts_for_a_day']],
  ],
  'labels.ts': [
    [['Add a label', 'Name'], ['e2e/triage: an admin makes a label, is told what is wrong with it first, and colleagues have it at once']],
    [['Change', 'Remove', 'Undo'], ['e2e/triage: a label that is removed is gone everywhere, and can be had back']],
  ],
  'notifications.ts': [
    [[
      'A conversation is given to me', 'Somebody mentions me', 'A customer writes in a conversation of mine', 'A customer waits, and nobody has the conversation', 'Something of mine is due soon or was missed',
      'Whom I invited is a client now', 'I become the manager of an account', 'A message I scheduled was held back', 'A webhook was switched off', 'Told here: ${label}', 'By e-mail: ${label}',
    ], ['it/chat/letters: what_somebody_does_not_want_is_not_told_or_not_written_of', 'web/src/pages/settings/notifications: is kept at once, also when one is quick, and what is not told is not mailed']],
    [['The platform’s support begins to look (always told here)'], ['it/identity/support_told: an_admin_cannot_turn_it_off_and_gets_it_by_mail_without_what_it_is_about', 'web/src/pages/settings/notifications: is always told to admins when support looks, and by mail and elsewhere as they like']],
    [['On my devices: ${label}'], ['it/chat/push: quiet_hours_and_what_one_does_not_want_hold_for_devices_too_and_a_test_comes_at_once']],
    [
      ['What I have not read comes by e-mail', 'After I was away for 15 minutes', 'After I was away for an hour', 'Once a day', 'Never', 'At this hour of my day', '${String(hour).padStart(2, \'0\')}:00', 'My time zone'],
      ['domain/tests/rules/notices: who_is_away_is_written_to_after_a_while_once_a_day_or_not_at_all', 'it/chat/letters: quiet_hours_hold_letters_back_and_once_a_day_is_once_a_day', 'it/chat/letters: who_was_away_for_an_hour_gets_one_letter_and_nothing_twice'],
    ],
    [['Keep quiet hours', 'From', 'To'], ['it/chat/letters: quiet_hours_hold_letters_back_and_once_a_day_is_once_a_day', 'it/chat/push: quiet_hours_and_what_one_does_not_want_hold_for_devices_too_and_a_test_comes_at_once']],
    [['A sound when there is something new', 'Shown on the desktop while the page is in the background, without what was written'], ['e2e/notices: is heard, and shown over everything while the page is in the background, as it is chosen for this device']],
  ],
  'own-data.ts': [[['Get a copy', 'Save'], ['e2e/own-data: makes a copy by keyboard, and saves it', 'it/identity/own_data: a_copy_holds_what_is_known_of_its_owner_and_nothing_that_is_others']]],
  'people.ts': [
    [['Name', 'E-mail', 'Send the invitation', 'Remove'], ['e2e/settings: somebody is invited to the team, gets a role, and is removed; the session ends with it']],
    [['Role', 'Account manager', 'Admin', 'Role of ${person.name}', 'Take the invitation back'], ['e2e/settings: an invitation that is taken back lets nobody in; a role lets into what it says', 'it/identity/ending: a_role_that_changes_closes_the_socket_and_holds_at_once']],
    [['Reset two-step sign-in'], ['e2e/two-step: is asked of the whole team: who lacks it sets it up and nothing else']],
  ],
  'questions.ts': [
    [['Add a question', 'Question', 'There is no chat without an answer', 'Remove the question'], ['e2e/settings: what is asked before the first message is asked no more once it is removed']],
    [['Answered with', 'Some words', 'Their name, which the conversation gets', 'An e-mail address', 'One of several', 'To choose from'], ['e2e/visitors: are asked what the business wants to know first, and the answers are beside the conversation']],
  ],
  'replies.ts': [
    [['Add a reply', 'Shortcut', 'Text'], ['e2e/canned: who answers takes several into one message by keyboard, with the names filled in']],
    [['Change'], ['e2e/canned: a shortcut is given once, and what two admins change at once is not overwritten']],
    [['Remove', 'Undo'], ['e2e/canned: what is removed can be had back, and account managers only look']],
  ],
  'routing.ts': [
    [['How conversations come to people', 'By hand'], ['it/chat/routing: by_hand_nothing_is_given_and_a_client_goes_to_the_account_manager', 'e2e/routing: is by hand until an admin says otherwise, by keyboard']],
    [['In turn'], ['it/chat/routing: a_hundred_that_begin_at_once_are_each_given_once_and_in_turn']],
    [['To the least busy', 'At most for ${person.name}'], ['e2e/routing: gives what waits to whoever is there, as many as they can take']],
    [['Open conversations at most'], ['it/chat/routing: nobody_gets_more_than_they_can_take_even_when_all_is_given_out_at_once']],
  ],
  'sites.ts': [
    [['Sites'], ['e2e/security: on the list it can, with the same line, and a whole conversation works from there']],
    [['Secret, for your server', 'Revoke'], ['e2e/settings: a secret key is shown once, works, and stops working when it is revoked']],
    [['Name', 'Kind', 'Public, for the chat on your site', 'Use', 'Live', 'Test', 'Make the key', 'Replace'], ['e2e/settings: a public key names the business for its site, says what it is for, and is replaced at once', 'it/identity/keys: a_revoked_and_a_rotated_key_stop_at_once']],
  ],
  'support.ts': [
    [['What is it about?', 'For how long?', '1 hour', '4 hours', '24 hours', 'Let support look'], ['e2e/support-access: begins with an admin who says for how long and what it is about', 'it/identity/support: its_time_ends_it_with_a_socket_open']],
    [['End now'], ['e2e/support-access: ends when the admin says so, in the browser that looks too']],
  ],
  'targets.ts': [
    [['First answer', 'Later answers', 'Solution'], ['e2e/targets: reach what is there when they change, and say when nothing can be due', 'it/chat/targets: what_a_business_sets_itself_reaches_what_is_there_and_what_comes']],
    [['Which time counts', 'While we are open', 'Around the clock'], ['it/chat/targets: opening_hours_that_change_move_what_is_due', 'e2e/targets: fit a phone and the dark']],
    [['Warn so long before one is missed'], ['e2e/targets: warn as long before as is said']],
  ],
  'teams.ts': [
    [['Add a team', 'Name'], ['e2e/teams: are made by an admin, who is told what is wrong first', 'e2e/teams: are given a conversation by keyboard, and colleagues see it at once']],
    [['Change'], ['it/chat/teams: whoever_is_outside_lets_go_of_it_and_whoever_is_inside_keeps_it']],
    [['Remove', 'Undo'], ['e2e/teams: are taken away with word of what they have, and come back with Undo']],
  ],
  'two-step.ts': [
    [['Turn on two-step sign-in'], ['e2e/two-step: asks for a code at sign-in, and takes a recovery code instead, once']],
    [['Make new recovery codes'], ['e2e/two-step: has new recovery codes when they are asked for, and the old ones stop working']],
    [['Turn off'], ['e2e/two-step: is turned off with password and code']],
    [['Who must use it', 'Everybody decides for themself', 'Everybody who works here must use it', 'Ask it of everybody'], ['e2e/two-step: is asked of the whole team: who lacks it sets it up and nothing else']],
  ],
  'webhooks.ts': [
    [['Add a webhook', 'Address', 'What it is for'], ['e2e/webhooks: tells what a customer says, signed', 'it/webhooks/telling: only_what_was_asked_for_is_told_and_never_a_note']],
    [['Send a test event', 'Change', 'Tell it what happens'], ['e2e/webhooks: shows what failed as text, and sends it again with the same id', 'it/webhooks/telling: nothing_of_the_past_nothing_while_it_is_off_and_nothing_of_others_is_told']],
    [['New secret'], ['it/webhooks/endpoints: a_secret_is_shown_once_kept_sealed_and_replaced_with_a_day_for_both']],
    [['Remove'], ['e2e/webhooks: fits a phone, and is forgotten when somebody says so', 'it/webhooks/telling: what_is_old_is_taken_away_and_what_was_removed_with_all_of_it']],
  ],
  'you.ts': [
    [['Name'], ['e2e/settings: one’s own name is what the others read']],
    [['Send the mail again'], ['e2e/settings: an address that is not confirmed yet is, with the link that is sent again']],
    [['Current password', 'New password', 'Change the password'], ['e2e/settings: the password is changed: the old one no longer works, others are signed out']],
    [['Sign out'], ['e2e/settings: another of one’s sessions is ended from the list']],
    [['Sign out everywhere'], ['e2e/settings: signing out everywhere signs out here too']],
  ],
  'letters/editor.ts': [[['Subject', 'Text'], ['e2e/letters: arrives as it was saved']]],
  'letters/letters.ts': [
    [['Change'], ['e2e/letters: arrives as it was saved', 'it/identity/wording: a_transcript_begins_as_it_was_worded']],
    [['Back to the usual words'], ['e2e/letters: fits a phone, and goes back to ours when somebody says so']],
  ],
  'look/look.ts': [
    [['A colour of our own', 'Colour', 'Choose the colour', 'Side of the page', 'Right', 'Left', 'Undo'], ['e2e/look: is chosen with a preview; what cannot be made out is refused with the nearest that can', 'e2e/look: is what visitors see first, in the light and in the dark']],
    [['Back to the usual look'], ['e2e/look: goes back to the usual one']],
  ],
  'web/src/components/push/push-card.ts': [[['On this device, also when Brigade is closed'], ['e2e/push: brings what was told while no page was looked at, one for one thing, and takes it away once it is read', 'e2e/push: goes with its device, here and from elsewhere']]],
  'web/src/components/second-factor/set-up.ts': [[['Turn on'], ['e2e/two-step: is set up by keyboard: password, app, recovery codes that were kept']]],
};

const FILES = [
  ...readdirSync(join(root, SETTINGS), { recursive: true, encoding: 'utf8' }).filter((path) => /\.ts$/.test(path) && !/\.test\.ts$/.test(path)).map((path) => [path, `${SETTINGS}/${path}`] as const),
  ...PARTS.map((path) => [path, path] as const),
];

/** The file of a test that is named as `e2e/settings: …`, `it/chat/letters: …` or by its path, and what its title looks like there. */
function testOf(named: string): { file: string; title: string } {
  const [place, text] = [named.slice(0, named.indexOf(': ')), named.slice(named.indexOf(': ') + 2)];
  if (place.startsWith('e2e/')) return { file: `tests/${place}.test.mjs`, title: `it('${text}', ` };
  if (place.startsWith('web/')) return { file: `${place}.test.ts`, title: `it('${text}', ` };
  return { file: `${place.startsWith('it/') ? 'tests/' : ''}${place}.rs`, title: `fn ${text}()` };
}

describe('every setting changes what it says', () => {
  it.each(FILES)('%s: each control has a test, and each that is named is there', (name, path) => {
    const named = (CHANGES[name] ?? []).flatMap(([controls]) => controls);
    expect(new Set(named).size, 'each control once').toBe(named.length);
    const controls = [...controlsOf(path)].filter((control) => !LEAD_ON.has(control));
    expect(controls.toSorted()).toEqual(named.toSorted());
  });

  it('names files that are there', () => {
    expect(FILES.flatMap(([, path]) => [...controlsOf(path)]).length).toBeGreaterThan(150);
    expect(Object.keys(CHANGES).filter((name) => !FILES.some(([known]) => known === name))).toEqual([]);
  });

  it('names tests that are there', () => {
    const tests = [...new Set(Object.values(CHANGES).flatMap((all) => all.flatMap(([, each]) => each)))];
    expect(tests.length).toBeGreaterThan(60);
    expect(tests.filter((test) => {
      const { file, title } = testOf(test);
      return !existsSync(join(root, file)) || !read(file).includes(title);
    })).toEqual([]);
  });
});
