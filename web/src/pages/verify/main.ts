import '../auth.css';
import { ApiError } from '../../api/http';
import { call, homeOf, me } from '../../api/session';
import { aside, authCard, authPage } from '../../components/auth/auth';
import { takeToken } from '../../components/auth/token';
import { Disposables } from '../../base/disposables';
import { busy, button, linkButton } from '../../components/button/button';
import { el, fill, mustFind } from '../../ui/dom';

const app = mustFind('#app');
const token = takeToken();
const owned = new Disposables();

async function confirm(mailed: string): Promise<void> {
  await call('POST', '/v1/auth/email/verify', { token: mailed });
  const who = await me();
  fill(app, authPage(authCard('Your address is confirmed', 'Thank you. That was all.', linkButton({ label: 'Go on', kind: 'primary' }, who.signed_in ? homeOf(who) : '/sign-in'))));
}

async function offerMail(problem: string): Promise<void> {
  const who = await me().catch(() => undefined);
  if (!who?.signed_in) {
    fill(app, authPage(authCard('This link does not work', problem, aside(el('a', { href: '/sign-in?next=/verify' }, 'Sign in'), ' to get a new one.'))));
    return;
  }
  const again = button({ label: 'Send a new link', kind: 'primary' });
  const said = el('p', { role: 'status' });
  owned.listen(again, 'click', () => void busy(again, () => call('POST', '/v1/auth/email/resend', {}))
    .then(() => fill(said, 'It is on its way. Look into your mail.'), (error: unknown) => fill(said, error instanceof ApiError ? error.message : 'This did not work. Try again.')));
  fill(app, authPage(authCard('Confirm your address', problem, again, said)));
}

function begin(mailed: string): void {
  // A person presses the button: programs that open links in mails do not use the token up.
  const yes = button({ label: 'Confirm my address', kind: 'primary' });
  owned.listen(yes, 'click', () => void busy(yes, () => confirm(mailed)).catch((error: unknown) => offerMail(error instanceof ApiError ? error.message : 'This did not work.')));
  fill(app, authPage(authCard('Confirm your address', 'One press, and you are done.', yes)));
}

if (token === undefined) void offerMail('We can send you a new link.');
else begin(token);
