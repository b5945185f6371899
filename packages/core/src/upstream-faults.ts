import type { Fault } from './errors.ts';
import type { Upstream, UpstreamSettings } from './upstream-settings.ts';

/**
 * What is wrong with ways in that are of the schema, each with its field and a sentence; empty when nothing is. Whether metadata and certificates can be read
 * is found where they are used.
 */
export function faultsOfUpstreams({ ways, only = false }: UpstreamSettings): Fault[] {
	const faults: Fault[] = [];
	const ids = ways.map(({ id }) => id);
	ids.forEach((id, at) => {
		if (ids.indexOf(id) !== at)
			faults.push({ field: `elsewhere.ways.${at}.id`, text: 'Another way in has this id.' });
	});
	if (only && ways.length === 0) {
		faults.push({
			field: 'elsewhere.only',
			text: 'Without a card and without another way nobody could come in.',
		});
	}
	return [...faults, ...ways.flatMap(faultsOfWay)];
}

function faultsOfWay(way: Upstream, at: number): Fault[] {
	const faults: Fault[] = [];
	const say = (field: string, text: string) => faults.push({ field: `elsewhere.ways.${at}.${field}`, text });
	if (way.kind === 'saml') {
		if ('url' in way.idp && !isOverTls(way.idp.url)) say('idp.url', OVER_TLS);
		return faults;
	}
	if (!isOverTls(way.issuer)) say('issuer', OVER_TLS);
	for (const [name, address] of Object.entries(way.endpoints ?? {})) {
		if (!isOverTls(address)) say(`endpoints.${name}`, OVER_TLS);
	}
	if ((way.client.auth === 'private_key_jwt') !== (way.client.secret === undefined)) {
		say(
			'client.secret',
			'A secret goes with client_secret_basic and client_secret_post, and with nothing else.',
		);
	}
	return faults;
}

const OVER_TLS = 'Who somebody is goes over https.';

/** Names that belong to the machine itself (RFC 6761) need no TLS; a town has them. */
function isOverTls(address: string): boolean {
	if (!URL.canParse(address)) return false;
	const { protocol, hostname } = new URL(address);
	return protocol === 'https:' || /(?:^|\.)localhost$/.test(hostname);
}
