// Made by web/scripts/generate-live.mjs from docs/asyncapi.yaml. Do not edit: run `npm run generate`.

/** Position in a log: 1, 2, 3 … without holes. */
export type Seq = number;

/** RFC 3339 in UTC. */
export type Timestamp = string;

/** Who said or did something. */
export type Party = string;

export type Side = "staff" | "customer";

export type Topic = string;

export type PresenceStatus = "online" | "away" | "offline";

export type ActorKind = "anonymous" | "client" | "account_manager" | "admin" | "super_admin" | "support" | "system";

export type MessageText = string;

/** What somebody does; or, on the business and from the system, that there is something new for one of the staff. */
export type HeardSignal = "typing" | "noting" | "looking" | "noticed";

/** For whom there is something new under GET /v1/notices. */
export type NoticedBody = {
  for: Party;
};

/** Somebody writes a message, writes a note among staff, or looks at the conversation. */
export type Signal = "typing" | "noting" | "looking";

export type SignalBody = {
  /** It goes on, or it has ended. */
  on: boolean;
  /** Looking has just begun: who hears it tells its own looking soon. */
  opened?: boolean;
};

export type ErrorCode = "AUTH_REQUIRED" | "AUTH_INVALID" | "SECOND_FACTOR_REQUIRED" | "SECOND_FACTOR_SETUP_REQUIRED" | "FORBIDDEN" | "SUPPORT_MAY_ONLY_LOOK" | "SUPPORT_CLOSED" | "SUPPORT_ENDED" | "TENANT_KEY_REQUIRED" | "INVALID_TENANT_KEY" | "TENANT_INACTIVE" | "CSRF_FAILED" | "ORIGIN_REFUSED" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "INVALID_INPUT" | "UNKNOWN_COMMAND" | "TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "CONFLICT" | "BOOKING_CONFLICT" | "TOKEN_EXPIRED" | "INVALID_AGE" | "IDEMPOTENCY_MISMATCH" | "RATE_LIMITED" | "QUOTA_EXCEEDED" | "OVERLOADED" | "UNAVAILABLE" | "DRAINING" | "INTERNAL";

export type HelloFrame = {
  t: "hello";
  /** A site visitor's token for its conversation. */
  token?: string;
};

export type SubFrame = {
  t: "sub";
  topic: Topic;
  after?: Seq;
  /** Together with `after`, or neither. */
  epoch?: number;
};

export type UnsubFrame = {
  t: "unsub";
  topic: Topic;
};

export type CmdFrame = {
  t: "cmd";
  /** The client's own key: sent twice it happens once. */
  id: string;
  topic: Topic;
  type: string;
  body: Record<string, unknown>;
};

export type EphOutFrame = {
  t: "eph";
  topic: Topic;
  type: Signal;
  body: SignalBody;
};

export type SigOutFrame = {
  t: "sig";
  type: "presence_watch" | "presence_unwatch";
  body: WatchBody;
} | {
  t: "sig";
  type: "presence_set";
  body: OwnPresenceBody;
};

export type WatchBody = {
  who: Watched[];
};

export type Watched = string;

export type OwnPresenceBody = {
  status: "online" | "away";
};

export type WelcomeFrame = {
  t: "welcome";
  session: string;
  who: Party;
  kind: ActorKind;
  tenant?: string;
  limits: {
    frame_bytes: number;
    commands_per_minute: number;
    topics: number;
  };
  ping_seconds: number;
};

export type SnapFrame = {
  t: "snap";
  topic: Topic;
  epoch: number;
  seq: Seq;
  /** The entity's state as this reader sees it, or ListState for a list. */
  state: unknown;
};

export type LiveFrame = {
  t: "live";
  topic: Topic;
  epoch: number;
  seq: Seq;
};

export type EvFrame = {
  t: "ev";
  topic: Topic;
  seq: Seq;
  /** An event of the entity, or `hidden` for what this reader may not see. */
  type: string;
  body: unknown;
  by: Party;
  at: Timestamp;
  /** The id of the command that caused it. */
  id?: string;
};

export type ResyncFrame = {
  t: "resync";
  topic: Topic;
};

export type StFrame = {
  t: "st";
  topic: Topic;
  key: string;
  /** A frame whose rev is not above the one held is old. */
  rev: number;
  /** null means gone. */
  body: unknown;
};

export type AckFrame = {
  t: "ack";
  id: string;
  seq: Seq;
};

export type ErrFrame = {
  t: "err";
  id?: string;
  topic?: Topic;
  code: ErrorCode;
  message: string;
  details?: unknown;
  /** Seconds. */
  retry_after?: number;
};

export type EphInFrame = {
  t: "eph";
  topic: Topic;
  type: HeardSignal;
  /** A SignalBody as far as the sender keeps to it; of noticed, a NoticedBody. */
  body: unknown;
  by: Party;
};

export type SigInFrame = {
  t: "sig";
  type: "presence";
  body: PresenceBody;
} | {
  t: "sig";
  type: "revoked";
  body: Empty;
};

export type PresenceBody = {
  who: Watched;
  status: PresenceStatus;
};

export type ListItem = {
  key: string;
  rev: number;
  body: unknown;
};

export type ListState = {
  items: ListItem[];
};

/** Left out are woken_at unless it came back by itself and nobody has written since, a priority that is normal, labels when there are none, what is not due, a team when it has none, routed when it was not, a form when it began in the chat, sends_at (of what is scheduled, when the next is sent) when nothing is, held_back when nothing was, and blocked when the visitor is not. */
export type InboxItem = {
  id: string;
  kind: "site" | "account";
  status: "open" | "snoozed" | "resolved";
  name: string;
  assignee: string | null;
  account: string | null;
  preview: string | null;
  preview_by: Party | null;
  last_message_at: Timestamp | null;
  waiting_since: Timestamp | null;
  /** Unread per member of staff who has read before. */
  unread_by: Record<string, number>;
  /** Unread for everybody who is not in unread_by. */
  unread_rest: number;
  page: string | null;
  snoozed_until?: Timestamp;
  woken_at?: Timestamp;
  priority?: Priority;
  /** Ids of the tenant's labels, also of removed ones. */
  labels?: string[];
  answer_due?: Due;
  resolution_due?: Due;
  /** The team it was given to, also a removed one. */
  team?: string;
  /** Whoever answers it was given it by routing. */
  routed?: boolean;
  form?: SiteForm;
  sends_at?: Timestamp;
  /** Something was not sent at its time, and waits for somebody of the staff. */
  held_back?: boolean;
  /** The visitor may write nothing more. */
  blocked?: boolean;
};

export type Person = {
  name: string;
  side: Side;
};

export type Contact = {
  email: string;
  name: string | null;
};

export type Invited = {
  invitation: string;
  email: string;
  name: string;
  inviter: string | null;
  at: Timestamp;
};

export type Message = {
  seq: Seq;
  by: Party;
  at: Timestamp;
  /** Empty when deleted. */
  text: string;
  note: boolean;
  reply_to: Seq | null;
  mentions: Party[];
  edited: Timestamp | null;
  edits: number;
  deleted: boolean;
  /** Left out when there are none. */
  attachments?: Attachment[];
  reactions: Record<string, Party[]>;
};

export type ConversationState = {
  id: string;
  kind: "site" | "account";
  status: "open" | "snoozed" | "resolved";
  assignee: string | null;
  account: string | null;
  visitor: string | null;
  /** To the staff, a visitor has the name that the site has signed. */
  name: string;
  page: string | null;
  /** For staff only. */
  contact: Contact | null;
  /** Who the visitor is, as the business's site has signed. For staff only. */
  identity: SignedIdentity | null;
  people: Record<string, Person>;
  /** The newest 50. */
  messages: Message[];
  /** Whether there are older messages. */
  more: boolean;
  cursors: Record<string, Seq>;
  /** This reader's; exact up to 200. */
  unread: number;
  unread_more: boolean;
  /** For staff only. */
  invited: Invited | null;
  /** For staff only. */
  snoozed_until: Timestamp | null;
  /** For staff only. */
  priority: Priority | null;
  /** For staff only. */
  labels: string[] | null;
  /** For staff only. */
  due: Dues | null;
  /** To whom routing gave it, until it is assigned by hand. For staff only. */
  routed: string | null;
  /** The team it was given to, also a removed one. For staff only. */
  team: string | null;
  /** Who gave it to which team since the oldest message here, or since it began when there is no older message; oldest first, the newest 50. For staff only. */
  team_changes: TeamChange[] | null;
  /** What the customer is asked or was, until it is opened again. */
  feedback: Feedback | null;
  /** By whom and why the visitor is blocked. For staff only. */
  blocked: Block | null;
  /** What the visitor was asked before the first message, and has answered. For staff only. */
  answers: VisitorAnswer[] | null;
  /** The form of the site it began with. For staff only. */
  form: SiteForm | null;
  /** The last letter with what was said. For staff only. */
  transcript: TranscriptAsked | null;
  /** What is sent later, the next first. For staff only. */
  scheduled: Scheduled[] | null;
  /** Whether the visitor is blocked: they read, and write nothing more. */
  writing_stopped: boolean;
};

export type TeamChange = {
  seq: Seq;
  by: Party;
  at: Timestamp;
  /** The team from then on, also one that was removed; null is none. */
  team: string | null;
};

/** Why a scheduled message was not sent at its time. */
export type Held = "customer_wrote" | "author_gone" | "visitor_blocked" | "account_changed" | "too_late" | "not_possible";

export type Scheduled = {
  item: Seq;
  by: Party;
  at: Timestamp;
  text: MessageText;
  send_at: Timestamp;
  reply_to: Seq | null;
  mentions: Party[];
  /** Only if the customer writes nothing above this seq. */
  unless_reply_after: Seq | null;
  held: Held | null;
};

export type ScheduleBody = {
  text: MessageText;
  send_at: Timestamp;
  reply_to?: Seq;
  mentions?: Party[];
  unless_reply_after?: Seq;
};

export type RescheduleBody = {
  item: Seq;
  text: MessageText;
  send_at: Timestamp;
  unless_reply_after?: Seq;
};

export type ItemBody = {
  item: Seq;
};

export type ComeBody = {
  item: Seq;
  author: Party;
  send_at: Timestamp;
  rev: Seq;
};

export type ScheduledHeldBody = {
  item: Seq;
  author: Party;
  reason: Held;
};

export type ScheduledSentBody = {
  item: Seq;
  by_hand?: boolean;
};

export type VisitorAnswer = {
  question: string;
  answer: string;
};

/** A form of the site, to ask something, or to ask to become a client. */
export type SiteForm = "enquiry" | "access";

export type AnswersGivenBody = {
  answers: VisitorAnswer[];
  form?: SiteForm;
};

export type VisitorQuestion = {
  question: string;
  kind: "text" | "name" | "email" | "choice";
  /** Whether there is no chat without an answer. */
  required: boolean;
  /** Of a choice: 2 to 10. */
  choices?: string[];
};

export type Look = {
  /** Null: the usual one. Refused where it cannot be made out on white, with `ratio`, `needed` and `nearest` in the details. */
  accent: string | null;
  side: "left" | "right";
};

export type SetQuestionsBody = {
  questions: VisitorQuestion[];
};

/** To whom a transcript is sent. */
export type Recipient = {
  /** The one the visitor has left. */
  address: string;
} | {
  person: Party;
};

export type TranscriptAsked = {
  by: Party;
  at: Timestamp;
  to: Recipient;
};

export type AskTranscriptBody = {
  /** Where a visitor wants it; left as a contact too. */
  email?: string | null;
  /** In which language the letter is */
  language?: "en" | "de" | null;
};

export type TranscriptAskedBody = {
  to: Recipient;
};

export type BlockReason = string;

export type Block = {
  by: Party;
  at: Timestamp;
  reason: BlockReason;
  /** The address that is blocked too. */
  email: string | null;
};

export type BlockBody = {
  reason: BlockReason;
  /** Whether the address that was left is blocked too. */
  email?: boolean;
};

export type VisitorBlockedBody = {
  reason: BlockReason;
  email?: string | null;
};

export type WritingAllowedBody = {
  on: boolean;
};

export type Priority = "low" | "normal" | "high" | "urgent";

/** How somebody was served: 1 (very bad) to 5 (very good). */
export type Score = number;

export type FeedbackQuestion = string;

export type FeedbackGiven = {
  score: Score;
  comment?: string;
};

export type Feedback = {
  asked: Seq;
  at: Timestamp;
  question: FeedbackQuestion;
  given: FeedbackGiven | null;
};

export type AskFeedbackBody = {
  rev: Seq;
  question: FeedbackQuestion;
};

export type FeedbackQuestionBody = {
  question: FeedbackQuestion;
};

export type FeedbackGivenBody = {
  asked: Seq;
  given: FeedbackGiven;
};

export type GiveFeedbackBody = {
  asked: Seq;
  score: Score;
  comment?: string | null;
};

export type SetFeedbackBody = {
  /** What customers are asked; null for nothing. */
  question: FeedbackQuestion | null;
};

export type Due = {
  at: Timestamp;
  warn_at: Timestamp;
};

export type Dues = {
  answer?: Due;
  resolution?: Due;
};

export type ConversationCommand = {
  type: "open";
  body: OpenBody;
} | {
  type: "send";
  body: SendBody;
} | {
  type: "note";
  body: NoteBody;
} | {
  type: "edit";
  body: EditBody;
} | {
  type: "delete";
  body: SeqBody;
} | {
  type: "react";
  body: ReactBody;
} | {
  type: "read";
  body: SeqBody;
} | {
  type: "assign";
  body: AssignCommandBody;
} | {
  type: "assign_team";
  body: AssignTeamCommandBody;
} | {
  type: "release";
  body: ReleaseBody;
} | {
  type: "give";
  body: GiveBody;
} | {
  type: "resolve";
  body: Empty;
} | {
  type: "reopen";
  body: Empty;
} | {
  type: "snooze";
  body: UntilBody;
} | {
  type: "wake";
  body: UntilBody;
} | {
  type: "set_priority";
  body: PriorityBody;
} | {
  type: "reckon";
  body: Policy;
} | {
  type: "label";
  body: LabelOnBody;
} | {
  type: "ask_feedback";
  body: AskFeedbackBody;
} | {
  type: "give_feedback";
  body: GiveFeedbackBody;
} | {
  type: "block";
  body: BlockBody;
} | {
  type: "unblock";
  body: Empty;
} | {
  type: "ask_transcript";
  body: AskTranscriptBody;
} | {
  type: "schedule";
  body: ScheduleBody;
} | {
  type: "reschedule";
  body: RescheduleBody;
} | {
  type: "unschedule";
  body: ItemBody;
} | {
  type: "send_now";
  body: ItemBody;
} | {
  type: "send_scheduled";
  body: ComeBody;
} | {
  type: "hold_scheduled";
  body: ComeBody;
} | {
  type: "leave_contact";
  body: LeaveContactBody;
} | {
  type: "identify";
  body: SignedIdentity;
} | {
  type: "invite";
  body: InvitedBody;
} | {
  type: "hand_over";
  body: HandOverBody;
} | {
  type: "take_back";
  body: Empty;
};

export type SendBody = {
  /** Empty only with attachments. */
  text: string;
  reply_to?: Seq;
  mentions?: Party[];
  attachments?: Attachments;
  unless_answered_after?: Seq;
};

/** The details of the CONFLICT that answers a send with unless_answered_after. */
export type AnsweredMeanwhile = {
  reason: "answered_meanwhile";
  by: Party;
  seq: Seq;
} | {
  reason: "too_long_ago";
};

export type NoteBody = {
  /** Empty only with attachments. */
  text: string;
  mentions?: Party[];
  attachments?: Attachments;
};

/** Files given before (docs/API.md), each as its upload answered. With any, the text may be empty. */
export type Attachments = Attachment[];

export type Attachment = {
  id: string;
  name: string;
  type: string;
  size: number;
  pixels?: Pixels;
};

export type Pixels = {
  width: number;
  height: number;
};

export type EditBody = {
  seq: Seq;
  text: MessageText;
};

export type SeqBody = {
  seq: Seq;
};

export type ReactBody = {
  seq: Seq;
  emoji: string;
  on: boolean;
};

export type AssignCommandBody = {
  to: string | null;
  /** An internal note for whoever gets it. */
  note?: string;
};

export type AssignTeamCommandBody = {
  team: string | null;
  /** An internal note for whoever gets it. */
  note?: string;
};

export type TeamAssignedBody = {
  team: string | null;
};

export type ReleaseBody = {
  from: string;
  team: string;
  rev: Seq;
};

export type GiveBody = {
  from: string | null;
  to: string | null;
  /** The team among which they were chosen. */
  team?: string | null;
  rev: Seq;
};

export type AssignBody = {
  to: string | null;
};

export type UntilBody = {
  until: Timestamp;
};

export type PriorityBody = {
  priority: Priority;
};

export type LabelOnBody = {
  label: string;
  on: boolean;
};

export type LeaveContactBody = {
  email: string;
  name?: string;
};

export type SignedIdentity = {
  /** In the business's own books. */
  id: string;
  name?: string;
  /** As the business says it, not verified by mail. */
  email?: string;
};

export type Empty = Record<string, never>;

export type ConversationEvent = {
  type: "opened";
  body: OpenedBody;
} | {
  type: "joined";
  body: JoinedBody;
} | {
  type: "message_sent";
  body: MessageSentBody;
} | {
  type: "note_added";
  body: NoteAddedBody;
} | {
  type: "message_edited";
  body: MessageEditedBody;
} | {
  type: "message_deleted";
  body: MessageDeletedBody;
} | {
  type: "reaction_changed";
  body: ReactionChangedBody;
} | {
  type: "read_up_to";
  body: ReadUpToBody;
} | {
  type: "assigned";
  body: AssignBody;
} | {
  type: "team_assigned";
  body: TeamAssignedBody;
} | {
  type: "routed";
  body: AssignBody;
} | {
  type: "resolved";
  body: Empty;
} | {
  type: "reopened";
  body: Empty;
} | {
  type: "snoozed";
  body: UntilBody;
} | {
  type: "woken";
  body: Empty;
} | {
  type: "priority_set";
  body: PriorityBody;
} | {
  type: "due_set";
  body: Dues;
} | {
  type: "label_changed";
  body: LabelOnBody;
} | {
  type: "feedback_asked";
  body: FeedbackQuestionBody;
} | {
  type: "feedback_given";
  body: FeedbackGivenBody;
} | {
  type: "visitor_blocked";
  body: VisitorBlockedBody;
} | {
  type: "writing_allowed";
  body: WritingAllowedBody;
} | {
  type: "transcript_asked";
  body: TranscriptAskedBody;
} | {
  type: "answers_given";
  body: AnswersGivenBody;
} | {
  type: "message_scheduled";
  body: ScheduleBody;
} | {
  type: "message_rescheduled";
  body: RescheduleBody;
} | {
  type: "message_unscheduled";
  body: ItemBody;
} | {
  type: "scheduled_held";
  body: ScheduledHeldBody;
} | {
  type: "scheduled_sent";
  body: ScheduledSentBody;
} | {
  type: "contact_left";
  body: ContactLeftBody;
} | {
  type: "identified";
  body: SignedIdentity;
} | {
  type: "invited";
  body: InvitedBody;
} | {
  type: "handed_over";
  body: HandOverBody;
} | {
  type: "taken_back";
  body: TakenBackBody;
} | {
  type: "hidden";
  body: null;
};

export type OpenedBody = {
  kind: "site" | "account";
  visitor?: string | null;
  account?: string | null;
  name: string;
  page?: string | null;
};

export type JoinedBody = {
  party: Party;
  name: string;
  side: Side;
  /** Known to staff only, because so far there are only notes. */
  internal?: boolean;
};

export type MessageSentBody = {
  text: string;
  reply_to?: Seq | null;
  mentions?: Party[];
  attachments?: Attachment[];
};

export type NoteAddedBody = {
  text: string;
  mentions?: Party[];
  attachments?: Attachment[];
};

export type MessageEditedBody = {
  seq: Seq;
  text: string;
  note?: boolean;
};

export type MessageDeletedBody = {
  seq: Seq;
  note?: boolean;
};

export type ReactionChangedBody = {
  seq: Seq;
  emoji: string;
  on: boolean;
  note?: boolean;
};

export type ReadUpToBody = {
  seq: Seq;
  side: Side;
};

export type ContactLeftBody = {
  email: string;
  name?: string | null;
};

export type InvitedBody = {
  invitation: string;
  email: string;
  name: string;
  inviter?: string;
};

export type HandOverBody = {
  account: string;
  name: string;
  invitation?: string;
};

export type OpenBody = {
  kind: "site" | "account";
  visitor?: string;
  account?: string;
  name: string;
  page?: string;
  answers?: VisitorAnswer[];
  email?: string | null;
  form?: SiteForm;
};

export type TakenBackBody = {
  account: string;
  name: string;
};

export type Span = {
  /** 1 is Monday. */
  day: number;
  /** HH:MM, wall-clock in the tenant's zone. */
  from: string;
  to: string;
};

export type Hours = {
  week: Span[];
  closed: string[];
};

export type HoursBody = {
  /** IANA zone. */
  zone: string;
  week: Span[];
  closed: string[];
};

export type Greeting = {
  online: string;
  offline: string;
  /** On these pages of the site something else is said. An empty text is the one for all pages. */
  pages?: PageGreeting[];
};

export type PageGreeting = {
  /** Which pages: /menu is that page, /menu* also what begins with it. */
  path: string;
  online: string;
  offline: string;
};

export type QueueItem = {
  conversation: string;
  since: Timestamp;
};

/** Customers see id, name, zone, hours and greeting only. */
export type TenantState = {
  id: string;
  name: string;
  slug?: string;
  zone: string;
  hours: Hours;
  greeting: Greeting;
  labels?: Record<string, Label>;
  teams?: Record<string, Team>;
  targets?: Targets;
  /** What customers are asked once they were served. */
  feedback?: string | null;
  /** What visitors are asked before their first message. */
  questions?: VisitorQuestion[];
  look?: Look;
  staff?: Record<string, {
    available: boolean;
  }>;
  routing?: Routing;
  /** The longest waiting. */
  queue?: QueueItem[];
  /** How many wait. */
  waiting?: number;
};

/** Null is no target. */
export type Minutes = number | null;

export type Goals = {
  first?: Minutes;
  next?: Minutes;
  resolution?: Minutes;
};

export type Targets = {
  counted: "opening_hours" | "always";
  warn?: Minutes;
  urgent?: Goals;
  high?: Goals;
  normal?: Goals;
  low?: Goals;
};

export type Policy = {
  targets: Targets;
  hours: HoursBody;
};

export type RoutingMode = "by_hand" | "round_robin" | "least_busy";

export type Routing = {
  mode: RoutingMode;
  /** How many open conversations somebody is given at most. */
  capacity: number;
  /** Those of whom something else is said. */
  people: Record<string, number>;
};

export type LabelColor = "gray" | "red" | "orange" | "yellow" | "green" | "teal" | "blue" | "purple";

export type Label = {
  name: string;
  color: LabelColor;
};

export type Team = {
  name: string;
  members: string[];
};

export type TenantCommand = {
  type: "create";
  body: CreatedBody;
} | {
  type: "set_hours";
  body: HoursBody;
} | {
  type: "set_greeting";
  body: Greeting;
} | {
  type: "rename";
  body: NameBody;
} | {
  type: "set_look";
  body: Look;
} | {
  type: "set_questions";
  body: SetQuestionsBody;
} | {
  type: "set_feedback";
  body: SetFeedbackBody;
} | {
  type: "set_targets";
  body: Targets;
} | {
  type: "set_label";
  body: LabelBody;
} | {
  type: "remove_label";
  body: LabelIdBody;
} | {
  type: "set_team";
  body: TeamBody;
} | {
  type: "remove_team";
  body: TeamIdBody;
} | {
  type: "set_available";
  body: AvailableBody;
} | {
  type: "remove_staff";
  body: UserBody;
} | {
  type: "set_routing";
  body: RoutingBody;
} | {
  type: "set_capacity";
  body: CapacityBody;
} | {
  type: "enqueue";
  body: EnqueueBody;
} | {
  type: "dequeue";
  body: DequeuedBody;
};

export type NameBody = {
  name: string;
};

export type LabelBody = {
  label: string;
  name: string;
  color: LabelColor;
};

export type LabelIdBody = {
  label: string;
};

export type TeamBody = {
  team: string;
  name: string;
  members: string[];
};

export type TeamIdBody = {
  team: string;
};

export type AvailableBody = {
  available: boolean;
};

export type TenantEvent = {
  type: "created";
  body: CreatedBody;
} | {
  type: "hours_set";
  body: HoursBody;
} | {
  type: "greeting_set";
  body: Greeting;
} | {
  type: "renamed";
  body: NameBody;
} | {
  type: "look_set";
  body: Look;
} | {
  type: "questions_set";
  body: SetQuestionsBody;
} | {
  type: "feedback_set";
  body: SetFeedbackBody;
} | {
  type: "targets_set";
  body: Targets;
} | {
  type: "label_set";
  body: LabelBody;
} | {
  type: "label_removed";
  body: LabelIdBody;
} | {
  type: "team_set";
  body: TeamBody;
} | {
  type: "team_removed";
  body: TeamIdBody;
} | {
  type: "availability_set";
  body: AvailabilitySetBody;
} | {
  type: "staff_removed";
  body: UserBody;
} | {
  type: "routing_set";
  body: RoutingBody;
} | {
  type: "capacity_set";
  body: CapacityBody;
} | {
  type: "enqueued";
  body: EnqueuedBody;
} | {
  type: "dequeued";
  body: DequeuedBody;
} | {
  type: "hidden";
  body: null;
};

export type CreatedBody = {
  name: string;
  slug: string;
  zone: string;
};

export type RoutingBody = {
  mode: RoutingMode;
  capacity: number;
};

export type CapacityBody = {
  user: string;
  capacity: number | null;
};

export type EnqueueBody = {
  conversation: string;
  since: Timestamp;
  rev: Seq;
  assigned?: boolean;
};

export type AvailabilitySetBody = {
  user: string;
  available: boolean;
};

export type EnqueuedBody = {
  conversation: string;
  since: Timestamp;
  rev: Seq;
};

export type DequeuedBody = {
  conversation: string;
  rev: Seq;
};

export type Lifecycle = "visitor" | "conversation" | "onboarding" | "pack_purchase" | "subscription_applied" | "weekly_ordering" | "consumption" | "paused" | "reactivated" | "cancelled";

export type Onboarding = "manual" | "assisted";

export type AccountState = {
  id: string;
  name: string;
  manager: string | null;
  lifecycle: Lifecycle;
  /** The states that can come next. */
  next: Lifecycle[];
  onboarding: Onboarding | null;
  conversations: string[];
  members: Record<string, {
    name: string;
  }>;
};

export type AccountCommand = {
  type: "open";
  body: AccountOpenedBody;
} | {
  type: "add_member";
  body: MemberBody;
} | {
  type: "remove_member";
  body: UserBody;
} | {
  type: "set_manager";
  body: ManagerBody;
} | {
  type: "advance";
  body: AdvanceBody;
} | {
  type: "rename";
  body: NameBody;
} | {
  type: "link_conversation";
  body: LinkConversationBody;
} | {
  type: "unlink_conversation";
  body: LinkBody;
};

export type UserBody = {
  user: string;
};

export type MemberBody = {
  user: string;
  name: string;
};

export type ManagerBody = {
  manager: string | null;
};

export type AdvanceBody = {
  to: Lifecycle;
  onboarding?: Onboarding;
};

export type AccountEvent = {
  type: "opened";
  body: AccountOpenedBody;
} | {
  type: "member_added";
  body: MemberBody;
} | {
  type: "member_removed";
  body: UserBody;
} | {
  type: "manager_set";
  body: ManagerBody;
} | {
  type: "advanced";
  body: AdvancedBody;
} | {
  type: "renamed";
  body: NameBody;
} | {
  type: "conversation_linked";
  body: LinkBody;
} | {
  type: "conversation_unlinked";
  body: LinkBody;
} | {
  type: "hidden";
  body: null;
};

export type LinkBody = {
  conversation: string;
  rev: Seq;
};

export type LinkConversationBody = {
  conversation: string;
  rev: Seq;
  manager?: string;
};

export type AdvancedBody = {
  from: Lifecycle;
  to: Lifecycle;
  onboarding?: Onboarding;
};

export type AccountOpenedBody = {
  name: string;
  conversation?: string | null;
};

/** What a client may send. */
export type ClientFrame = HelloFrame | SubFrame | UnsubFrame | CmdFrame | EphOutFrame | SigOutFrame;

/** What the server sends. */
export type ServerFrame = WelcomeFrame | SnapFrame | LiveFrame | EvFrame | ResyncFrame | StFrame | AckFrame | ErrFrame | EphInFrame | SigInFrame;

/** The fields a frame of each type must have. */
export const REQUIRED_FIELDS: Readonly<Record<ServerFrame['t'], readonly string[]>> = {
  welcome: ["session","who","kind","limits","ping_seconds"],
  snap: ["topic","epoch","seq","state"],
  live: ["topic","epoch","seq"],
  ev: ["topic","seq","type","body","by","at"],
  resync: ["topic"],
  st: ["topic","key","rev","body"],
  ack: ["id","seq"],
  err: ["code","message"],
  eph: ["topic","type","body","by"],
  sig: ["type","body"],
};

/** Kinds of entity and what may be asked of them. */
export interface CommandOf {
  conversation: ConversationCommand;
  tenant: TenantCommand;
  account: AccountCommand;
}

/** Kinds of entity and what happens to them. */
export interface EventOf {
  conversation: ConversationEvent;
  tenant: TenantEvent;
  account: AccountEvent;
}

/** Kinds of entity and what a snapshot of them holds. */
export interface StateOf {
  conversation: ConversationState;
  tenant: TenantState;
  account: AccountState;
}

/** Whether and how to come back after a close. */
export type ComeBack = "never" | "after" | "backoff" | "session" | "later";

/** What each close code asks of the client. */
export const CLOSE_CODES: Readonly<Record<number, ComeBack>> = {
  /** You closed it, or signed out. */
  1000: "never",
  /** The server drains; the reason says retry_after_ms. */
  1001: "after",
  /** This is not the WebSocket protocol. */
  1002: "never",
  /** Binary frames are not spoken here. */
  1003: "never",
  /** A text that is not UTF-8. */
  1007: "never",
  /** A frame was over the limit; do not send that one again. */
  1009: "backoff",
  /** Something on the server is broken; the reason says retry_after_ms. */
  1011: "after",
  /** Too many malformed frames. */
  4400: "never",
  /** No valid session, or no hello in time. */
  4401: "session",
  /** The session was revoked or rights changed; resolve it again. */
  4403: "session",
  /** You read too slowly; resume. */
  4408: "backoff",
  /** Too many sessions for this person or address. */
  4409: "later",
  /** Too many commands for too long. */
  4429: "after",
};
