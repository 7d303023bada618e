// What a conversation can be shown without at first, in one script.
export { FeedbackCard } from '../feedback/feedback';
export { Files } from '../files/files';
export { act } from './act';
