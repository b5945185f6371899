import type { Fault } from '@understory/core/errors.ts';
import type { SamlUpstream, UpstreamSettings } from '@understory/core/upstream-settings.ts';
import { readPastedProvider } from './saml/idp-metadata.ts';
import { pinnedKeys } from './saml/pinned-keys.ts';

/** What only reading it can tell of other ways in: metadata that is none, keys that cannot be read. Each fault has its field and a sentence. */
export function faultsInWays({ ways }: UpstreamSettings): Fault[] {
	return ways.flatMap((way, at) => {
		if (way.kind !== 'saml') return [];
		return faultsInIdp(way.idp).map(({ field, text }) => ({
			field: `elsewhere.ways.${at}.idp.${field}`,
			text,
		}));
	});
}

function faultsInIdp(idp: SamlUpstream['idp']): Fault[] {
	if ('metadata' in idp) {
		if (isReadable(() => readPastedProvider(idp.metadata))) return [];
		return [
			{
				field: 'metadata',
				text: 'This is not the description of one SAML 2.0 identity provider with an RSA key of 2048 bits or more and addresses on https.',
			},
		];
	}
	if (isReadable(() => pinnedKeys(idp.signed_by))) return [];
	return [{ field: 'signed_by', text: 'This is no certificate or public key for RSA that can be read.' }];
}

function isReadable(read: () => unknown): boolean {
	try {
		read();
		return true;
	} catch {
		return false;
	}
}
