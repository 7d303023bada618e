/**
 * What the site chat and what it shares with the other pages say, in English: the table every other language follows. `{name}` is put in
 * by `say`; a text that depends on a number is one per form of it, and the number is `{n}`.
 *
 * A key says where a text stands. It costs nothing: the build writes the text in its place (`scripts/inline-words.mjs`).
 */
export const en = {
  // The frame
  'chat.name': 'Chat',
  'chat.with': 'Chat with {name}',
  'chat.connecting': 'Connecting…',
  'chat.forget': 'Forget this chat',
  'chat.close': 'Close chat',
  'chat.mute': 'Turn the sound off',
  'chat.unmute': 'Turn the sound on',
  'chat.privacy': 'We see this page’s address and what you write. Nothing else.',
  'chat.privacy.who': 'We see this page’s address, what you write and, as this site tells us, who you are.',
  'chat.write': 'Write a message',
  'chat.unreachable': 'The chat cannot be reached',
  'chat.unreachable.why': 'Check your connection, or try again in a moment.',
  'chat.quick': 'That was a lot at once. Your message is still here: send it again in {n} s.',
  'chat.kept': '{problem} Your message is still here.',
  'chat.fresh': 'Start a new chat',

  // Whether somebody is there
  'there.here': 'We are here',
  'there.moment': 'Away for a moment. Write, and we answer as soon as we are back',
  'there.away': 'Away. Write, and we answer when we are back',
  'there.soon': 'Away. Back soon',
  'there.today': 'Away. Back today at {time}',
  'there.tomorrow': 'Away. Back tomorrow at {time}',
  'there.day': 'Away. Back on {day} at {time}',

  // What is said in several places
  'again': 'Try again',
  'cancel': 'Cancel',
  'close': 'Close',
  'delete': 'Delete',
  'keep': 'Keep it',
  'save': 'Save',
  'send': 'Send',
  'you': 'you',
  'You': 'You',
  'somebody': 'Somebody',
  'edit': 'Edit',
  'reply': 'Reply',

  // Where one writes
  'write.changing': 'Changing a message',
  'write.change.stop': 'Stop changing',
  'write.answering': 'Answering {about}',
  'write.answer.stop': 'Do not answer it',
  'write.yourself': 'yourself',
  'write.left': '{n} left',

  // Messages
  'list.label': 'Messages',
  'list.new': 'New messages',
  'list.failed': 'Earlier messages could not be loaded. Try again',
  'list.loading': 'Loading earlier messages…',
  'typing.one': '{name} is typing',
  'typing.two': '{name} and {other} are typing',
  'typing.more': 'Several people are typing',
  'message.label': '{who}, {time}',
  'message.note': 'Internal note',
  'message.fresh': 'New',
  'message.deleted': 'This message was deleted.',
  'message.earlier': 'An earlier message',
  'message.quoted': '{name}: ',
  'message.by': 'by {names}',
  'message.edited': 'edited',
  'message.edited.show': 'Edited. Show earlier versions',
  'message.seen': 'Seen',
  'message.sent': 'Sent',
  'message.leave': 'Leave it',
  'failed': 'Not done.',
  'failed.send': 'Not sent.',
  'failed.note': 'Not saved.',
  'failed.edit': 'Not changed.',
  'failed.delete': 'Not deleted.',
  'doing.send': 'Sending…',
  'doing.save': 'Saving…',
  'waits.quick': 'You are quick! This goes out in a moment.',
  'waits.busy': 'Very busy right now. This goes out by itself in a moment.',
  'waits.offline': 'Kept. It goes out when the connection is back.',

  // When a request comes to nothing
  'http.offline': 'No connection to the server. Check your network and try again.',
  'http.broken': 'The server gave an answer this page does not understand. Reload and try again.',
  'http.wait': '{problem} Try again in {n} s.',

  // Times
  'time.now': 'now',
  'time.today': 'Today',
  'time.yesterday': 'Yesterday',
  'time.minutes': '{n} min',
  'time.hours': '{n} h',
  'time.days': { one: '{n} day', other: '{n} days' },
  'moment.today': 'today, {time}',
  'moment.tomorrow': 'tomorrow, {time}',
  'moment.yesterday': 'yesterday, {time}',
  'moment.day': '{day}, {time}',

  // From here on: what comes later, when it is needed. Places that the first sight of the chat names are short so.

  // What is asked before the first message
  'ask.title': 'Before we begin',
  'ask.start': 'Start the chat',
  'ask.optional': '{question} (optional)',
  'ask.choose': 'Choose',
  'ask.missing': 'Please answer this.',
  'email.wrong': 'This does not look like an e-mail address. It has an @ and a dot after it.',

  // How to reach the visitor
  'reach.title': 'How to reach you',
  'reach.kept': 'Your message is kept. We answer here, and you can come back with this browser at any time.',
  'reach.email': 'Your e-mail, if you want the answer there too',
  'reach.no': 'No, thank you',

  // Its end
  'end.moved': 'This conversation is now in your account',
  'end.moved.how': 'Everything that was said is there. Sign in to go on.',
  'end.signin': 'Sign in',
  'end.or': ' or ',
  'end.gone': 'This chat has ended',
  'end.gone.why': 'It was forgotten, or nobody wrote for a long time.',
  'forget.title': 'Forget this chat?',
  'forget.text': 'It disappears from this browser, and you cannot come back to it. The business keeps what was written.',
  'forget.yes': 'Forget it',

  // The connection
  'line.offline': 'You are offline. What you write is kept and goes out when the network is back.',
  'line.connecting': 'Connecting. What you write is kept and goes out then.',
  'line.waiting': 'The connection was lost. What you write is kept; we try again by ourselves.',
  'line.signed_out': 'Your session has ended.',
  'line.ended': 'The connection was closed. Reload the page to go on.',
  'line.now': 'Try now',
  'line.back': 'Connected again. Everything is up to date.',
  'line.seconds': '{n} s',

  // Files
  'files.label': 'Files that go with the message',
  'files.add': 'Add files',
  'files.many': { one: 'At most {n} file goes with a message. Send the others with the next one.', other: 'At most {n} files go with a message. Send the others with the next one.' },
  'files.out': 'Take out {name}',
  'files.problem': '{name}: {problem}',
  'files.ready': 'The files are there and go with the message.',
  'files.waiting': 'Waiting for the connection. It goes on by itself.',
  'files.progress': '{n} % of {size}',
  'files.empty': 'This file is empty.',
  'files.large': 'A file can have 25 MB. Send a smaller one, or a link to it.',
  'files.show': 'Show {name}',
  'files.save': 'Save ',
  'files.save.it': 'Save it ({size})',
  'files.broken': 'The picture could not be loaded. Close this and try again.',
  'files.kind': 'file',
  'size.bytes': { one: '{n} byte', other: '{n} bytes' },
  'size.kb': '{size} KB',
  'size.mb': '{size} MB',

  // How it was
  'score.1': 'Very bad',
  'score.2': 'Bad',
  'score.3': 'Okay',
  'score.4': 'Good',
  'score.5': 'Very good',
  'score.of': '{score} of {best}',
  'feedback.add': 'Would you like to add anything?',
  'feedback.no': 'Not now',
  'feedback.send': 'Send feedback',
  'feedback.thanks': 'Thank you.',
  'feedback.heard': 'Thank you. We have your words.',

  // Who may write no more
  'stopped': 'You can read this conversation, but not write in it any more. What you were writing stays here for you to copy.',

  // What was said, by e-mail
  'copy.tool': 'E-mail me this conversation',
  'copy.email': 'Your e-mail',
  'copy.email.hint': 'The business sees it. Leave it empty if you have left an address here before.',
  'copy.title': 'E-mail this conversation',
  'copy.text': 'What was said so far is sent to you, with links to its files.',
  'copy.text.account': 'What was said so far is sent to the address you sign in with, with links to its files.',
  'copy.send': 'Send it',
  'copy.sent': 'It is on its way. Look into your mail in a moment.',

  // Whether somebody is there, beside their name
  'presence.online': 'Online',
  'presence.away': 'Away',
  'presence.offline': 'Offline',

  // What can be done with one
  'tools.label': 'Message actions',
  'tools.react': 'React',
  'tools.react.with': 'React with {emoji}',
  'delete.title': 'Delete this message?',
  'delete.text': 'Everybody will see that something was deleted, but not what it said.',
  'versions.title': 'Earlier versions',
  'versions.loading': 'Loading…',
  'versions.failed': 'The earlier versions could not be loaded. Close this and try again.',
  'versions.when': '{day}, {time}',
} as const;
