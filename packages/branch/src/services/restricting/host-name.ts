import { fault } from './reason.ts';
import { isUnder } from './restrictions.ts';

const NAME = /^(?=.{4,260}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](:\d{1,5})?$/;

/**
 * The name of a server as it is on the wire: lower case, other alphabets in their ASCII form (`xn--…`), so that no two names look alike; null for what is
 * none: addresses of machines, one label alone (it would be everybody below it), names that are covered with stars.
 */
export function hostNamed(typed: string): string | null {
	const text = typed.trim().replace(/\.(?=$|:)/, '');
	if (/[\s/\\@?#*%]/.test(text) || !URL.canParse(`http://${text}/`)) return null;
	const { host } = new URL(`http://${text}/`);
	return NAME.test(host) ? host : null;
}

/** The server that hosts mean. Throws BadInput `host_form`; `host_own` for this branch itself, or a name it stands below. */
export function checkedHost(origin: string, typed: string): string {
	const bare = typed
		.trim()
		.replace(/^https?:\/\//i, '')
		.replace(/\/.*$/, '')
		.replace(/^@?[\w.-]*@/, '');
	const host = hostNamed(bare);
	if (host === null) throw fault('host', 'host_form');
	if (isUnder(origin, host)) throw fault('host', 'host_own');
	return host;
}
