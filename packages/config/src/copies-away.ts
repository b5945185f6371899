import { isIPv6 } from 'node:net';
import { resolve } from 'node:path';

/** The object storage that a home brings its copies to. */
export interface CopiesAway {
	/** As it was said; no secret is in it. */
	readonly said: string;
	/** The same for people: bucket and folder, and whose storage it is. */
	readonly where: string;
	readonly bucket: string;
	/** Below which everything lies, without slashes at its ends; empty: the bucket itself. */
	readonly path: string;
	/** Scheme, host and port. */
	readonly endpoint: string;
	readonly region: string;
	/** Networks that are not public and may be led to. */
	readonly networks: readonly string[];
	/** The file with the keys, as for the AWS command line. Absolute. */
	readonly credentials: string;
}

const KNOWN = ['endpoint', 'region', 'network'];
const EXAMPLE = 's3://bucket/folder?endpoint=https://objects.example&region=eu-1';

/** Null: nothing is said. Adds a sentence to `faults` for what cannot be used. */
export function copiesAwayIn(said: string, credentials: string, faults: string[]): CopiesAway | null {
	if (!said && !credentials) return null;
	const fault = (sentence: string) => {
		faults.push(sentence);
		return null;
	};
	if (!said || !credentials)
		return fault(
			'UNDERSTORY_COPIES_AWAY and UNDERSTORY_COPIES_AWAY_CREDENTIALS go together: say both or neither.',
		);
	const url = URL.canParse(said) ? new URL(said) : null;
	const form = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/(?!\.{1,2}(\/|$))[A-Za-z0-9._-]+)*\/?$/;
	if (url === null || !form.test(said.split('?')[0]!) || url.hash !== '')
		return fault(`UNDERSTORY_COPIES_AWAY is no place such as ${EXAMPLE}. Keys do not belong into it.`);
	const asked = url.searchParams;
	const strange = [...asked.keys()].find((name) => !KNOWN.includes(name));
	if (strange !== undefined)
		return fault(
			`UNDERSTORY_COPIES_AWAY has "${strange}", which is not known. Known are ${KNOWN.join(', ')}.`,
		);
	const region = asked.get('region') ?? 'us-east-1';
	const endpoint = asked.get('endpoint') ?? `https://s3.${region}.amazonaws.com`;
	if (!/^[a-z0-9-]{1,40}$/.test(region) || !isOrigin(endpoint))
		return fault(
			`UNDERSTORY_COPIES_AWAY has an endpoint or a region that is none. One looks like ${EXAMPLE}.`,
		);
	const networks = asked.getAll('network');
	if (networks.some((network) => !isNetwork(network)))
		return fault('UNDERSTORY_COPIES_AWAY has a network that is none. One looks like 10.20.0.0/16.');
	if (new URL(endpoint).protocol === 'http:' && networks.length === 0)
		return fault(
			'UNDERSTORY_COPIES_AWAY has an endpoint without encryption. Use https, or name the network of yours that it lies in: &network=10.20.0.0/16.',
		);
	return {
		said,
		where: `${said.split('?')[0]}${asked.has('endpoint') ? `?endpoint=${new URL(endpoint).origin}` : ''}`,
		bucket: url.hostname,
		path: url.pathname.replace(/^\/|\/$/g, ''),
		endpoint: new URL(endpoint).origin,
		region,
		networks,
		credentials: resolve(credentials),
	};
}

function isOrigin(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const { protocol, pathname, search, hash, username, password } = new URL(text);
	return /^https?:$/.test(protocol) && pathname === '/' && `${search}${hash}${username}${password}` === '';
}

/** Its form; whether it may be led to is judged where that is done. */
function isNetwork(text: string): boolean {
	const [address = '', bits = '', ...more] = text.split('/');
	if (more.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
	return isIPv6(address) ? Number(bits) <= 128 : /^\d+(\.\d+){3}$/.test(address) && Number(bits) <= 32;
}
