// What a conversation can be shown without at first, in one script.
export { ConnectionBanner } from '../banner/banner';
export { Files } from '../files/files';
export { act } from './act';
export { forCustomer } from './for-customer';
