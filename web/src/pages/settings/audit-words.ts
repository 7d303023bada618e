/** What lines of the audit log are about, to choose from. */
export const TOPICS = [
  { value: '', label: 'Everything' },
  { value: 'sign-in', label: 'Signing in' },
  { value: 'people', label: 'People and roles' },
  { value: 'settings', label: 'Settings and keys' },
  { value: 'conversations', label: 'Conversations and clients' },
] as const;

/** One of them. */
export type Topic = Exclude<(typeof TOPICS)[number]['value'], ''>;

/** How it is said what happened, after the name of whoever did it. A test holds it against what the server writes. */
export const WORDS: Record<string, { topic: Topic; text: string }> = {
  'session.signed_in': { topic: 'sign-in', text: 'signed in' },
  'session.sign_in_failed': { topic: 'sign-in', text: 'tried to sign in' },
  'session.program_signed_in': { topic: 'sign-in', text: 'signed a program in' },
  'session.refresh_token_reused': { topic: 'sign-in', text: 'showed a program’s key that was used before' },
  'session.signed_out': { topic: 'sign-in', text: 'signed out' },
  'session.signed_out_everywhere': { topic: 'sign-in', text: 'signed out everywhere' },
  'session.revoked': { topic: 'sign-in', text: 'signed a device out' },
  'session.switched_tenant': { topic: 'sign-in', text: 'changed to another business' },
  'session.second_step_failed': { topic: 'sign-in', text: 'entered a wrong code after the password' },
  'second_factor.set_up_begun': { topic: 'sign-in', text: 'began to set up two-step sign-in' },
  'second_factor.turned_on': { topic: 'sign-in', text: 'turned two-step sign-in on' },
  'second_factor.turned_off': { topic: 'sign-in', text: 'turned two-step sign-in off' },
  'second_factor.reset': { topic: 'people', text: 'reset somebody’s two-step sign-in' },
  'second_factor.code_refused': { topic: 'sign-in', text: 'entered a wrong code' },
  'second_factor.recovery_code_used': { topic: 'sign-in', text: 'used a recovery code' },
  'second_factor.recovery_codes_renewed': { topic: 'sign-in', text: 'made new recovery codes' },
  'own_data.copy_requested': { topic: 'people', text: 'asked for a copy of their data' },
  'own_data.copy_made': { topic: 'people', text: 'made a copy of somebody’s data for them' },
  'own_data.copy_saved': { topic: 'people', text: 'saved a copy of their data' },
  'user.deletion_asked': { topic: 'people', text: 'asked for their account to be deleted' },
  'user.deletion_taken_back': { topic: 'people', text: 'signed in, so that their account stays' },
  'user.deleted': { topic: 'people', text: 'deleted a person who had asked for it' },
  'user.created': { topic: 'people', text: 'made a person known' },
  'user.renamed': { topic: 'people', text: 'changed a name' },
  'user.disabled': { topic: 'people', text: 'shut a person out' },
  'user.enabled': { topic: 'people', text: 'let a person in again' },
  'user.password_changed': { topic: 'sign-in', text: 'changed the password' },
  'user.password_reset': { topic: 'sign-in', text: 'set a new password by mail' },
  'user.password_reset_requested': { topic: 'sign-in', text: 'asked for a mail to set a new password' },
  'user.email_verified': { topic: 'sign-in', text: 'confirmed the address' },
  'user.verification_requested': { topic: 'sign-in', text: 'asked for a mail to confirm the address' },
  'membership.granted': { topic: 'people', text: 'gave somebody a role' },
  'staff.role_changed': { topic: 'people', text: 'changed a role' },
  'staff.removed': { topic: 'people', text: 'removed somebody from the team' },
  'invitation.sent': { topic: 'people', text: 'invited somebody' },
  'invitation.accepted': { topic: 'people', text: 'accepted an invitation' },
  'invitation.withdrawn': { topic: 'people', text: 'took an invitation back' },
  'tenant.created': { topic: 'settings', text: 'brought the business onto Brigade' },
  'tenant.changed': { topic: 'settings', text: 'changed the business' },
  'tenant.renamed': { topic: 'settings', text: 'renamed the business' },
  'tenant.hours_set': { topic: 'settings', text: 'changed the opening hours' },
  'tenant.greeting_set': { topic: 'settings', text: 'changed how the chat greets' },
  'tenant.targets_set': { topic: 'settings', text: 'changed the targets' },
  'tenant.feedback_set': { topic: 'settings', text: 'changed what customers are asked' },
  'tenant.label_set': { topic: 'settings', text: 'made or changed a label' },
  'tenant.label_removed': { topic: 'settings', text: 'removed a label' },
  'tenant.routing_set': { topic: 'settings', text: 'changed how conversations come to people' },
  'tenant.capacity_set': { topic: 'settings', text: 'changed how many conversations somebody is given' },
  'canned_reply.created': { topic: 'settings', text: 'added a canned reply' },
  'canned_reply.changed': { topic: 'settings', text: 'changed a canned reply' },
  'canned_reply.removed': { topic: 'settings', text: 'removed a canned reply' },
  'report.exported': { topic: 'settings', text: 'downloaded the matters of a report' },
  'inbox_view.created': { topic: 'settings', text: 'made a view for everybody' },
  'inbox_view.changed': { topic: 'settings', text: 'changed a view that everybody has' },
  'inbox_view.removed': { topic: 'settings', text: 'removed a view that everybody had' },
  'api_key.created': { topic: 'settings', text: 'made an API key' },
  'api_key.rotated': { topic: 'settings', text: 'replaced an API key' },
  'api_key.revoked': { topic: 'settings', text: 'revoked an API key' },
  'api_keys.sealed': { topic: 'settings', text: 'sealed keys with a new secret' },
  'webhook.created': { topic: 'settings', text: 'made a webhook' },
  'webhook.changed': { topic: 'settings', text: 'changed a webhook' },
  'webhook.removed': { topic: 'settings', text: 'removed a webhook' },
  'webhook.secret_replaced': { topic: 'settings', text: 'replaced the secret of a webhook' },
  'webhook.sent_again': { topic: 'settings', text: 'sent an event to a webhook again' },
  'webhook.switched_off': { topic: 'settings', text: 'switched a webhook off that did not answer' },
  'conversation.assigned': { topic: 'conversations', text: 'said who answers a conversation' },
  'conversation.resolved': { topic: 'conversations', text: 'resolved a conversation' },
  'conversation.message_deleted': { topic: 'conversations', text: 'deleted a message of somebody else' },
  'conversation.visitor_blocked': { topic: 'conversations', text: 'blocked a visitor' },
  'conversation.visitor_unblocked': { topic: 'conversations', text: 'let a blocked visitor write again' },
  'conversation.transcript_asked': { topic: 'conversations', text: 'had a conversation sent by e-mail' },
  'conversation.invited': { topic: 'conversations', text: 'invited a visitor to become a client' },
  'conversation.handed_over': { topic: 'conversations', text: 'gave a conversation to an account' },
  'conversation.taken_back': { topic: 'conversations', text: 'took a conversation back from an account' },
  'account.opened': { topic: 'conversations', text: 'opened an account' },
  'account.member_added': { topic: 'conversations', text: 'added somebody to an account' },
  'account.member_removed': { topic: 'conversations', text: 'removed somebody from an account' },
  'account.manager_set': { topic: 'conversations', text: 'changed an account manager' },
  'account.advanced': { topic: 'conversations', text: 'took an account a step further' },
};

/** What happened, in words; what a later server knows and this page does not, by its name. */
export function wordsOf(event: string): string {
  return WORDS[event]?.text ?? event.replaceAll(/[._]/g, ' ');
}

/** What it is about. */
export function topicOf(event: string): Topic {
  return WORDS[event]?.topic ?? 'settings';
}
