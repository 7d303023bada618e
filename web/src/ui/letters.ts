import { remember, remembered } from '../base/remembered';

const CAME = 'brigade.letters';

/**
 * Fetches our own letters for a page that begins in the device's (`<html data-letters="device">`), once `drawn`: while they are on their way
 * every size and weight is looked up in vain, which takes a slow phone 60 ms out of its first list. Where they came before they are kept by the
 * browser, and taken at once. Where they cannot be fetched the page stays as it is.
 */
export async function haveLettersCome(drawn: Promise<unknown>): Promise<void> {
  if (remembered(CAME) === null) await drawn;
  try {
    await document.fonts.load('1em "Figtree Variable"');
  } catch {
    return;
  }
  delete document.documentElement.dataset['letters'];
  remember(CAME, 'yes');
}
