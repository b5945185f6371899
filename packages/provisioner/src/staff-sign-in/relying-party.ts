import { unseal } from '@understory/core/seal.ts';
import * as openid from 'openid-client';
import type { Context } from '../context.ts';
import type { StaffProviderRow } from '../store/staff-providers.ts';
import { StaffRefusal } from './refusal.ts';
import { isSafeAddress } from './safe-address.ts';

/** How long a provider's description of itself is used before it is read again, in milliseconds. */
const KEPT_MS = 3_600_000;
const TIMEOUT_SECONDS = 10;
/** How far a provider's clock may be off, in seconds. */
const SKEW_SECONDS = 60;

/** Makes what we are to a provider. Throws `StaffRefusal` when it does not answer, or describes itself in a way that cannot be used. */
export type RelyingParties = (row: StaffProviderRow) => Promise<openid.Configuration>;

/** What the secret of a provider is sealed as. */
export function secretOf(id: string): string {
	return `staff-provider:${id}`;
}

export function createRelyingParties(
	context: Pick<Context, 'clock' | 'outgoing' | 'staffKey'>,
): RelyingParties {
	const known = new Map<string, { version: string; made: number; party: Promise<openid.Configuration> }>();
	return (row) => {
		const before = known.get(row.id);
		const now = context.clock.now();
		// A secret is sealed anew with each change, so it tells one version of the settings from the next.
		if (before?.version === row.secret && before.made > now - KEPT_MS) return before.party;
		const party = make(row);
		known.set(row.id, { version: row.secret, made: now, party });
		party.catch(() => {
			if (known.get(row.id)?.party === party) known.delete(row.id);
		});
		return party;
	};

	/** Opens the secret. One that another key sealed is as good as none: it has to be written down again. */
	function opened({ id, secret }: StaffProviderRow): string {
		try {
			return unseal(context.staffKey, secretOf(id), secret);
		} catch (error) {
			throw new StaffRefusal('silent', error);
		}
	}

	async function make(row: StaffProviderRow): Promise<openid.Configuration> {
		const secret = opened(row);
		const config = await openid
			.discovery(
				new URL(row.issuer),
				row.client_id,
				{ [openid.clockTolerance]: SKEW_SECONDS, use_mtls_endpoint_aliases: false },
				openid.ClientSecretBasic(secret),
				{
					[openid.customFetch]: context.outgoing.fetch as openid.CustomFetch,
					timeout: TIMEOUT_SECONDS,
					...(row.issuer.startsWith('http:') ? { execute: [openid.allowInsecureRequests] } : {}),
				},
			)
			.catch((error: unknown) => {
				throw new StaffRefusal('silent', error);
			});
		// What comes over TLS could be believed as it is; its signature is checked all the same.
		openid.enableNonRepudiationChecks(config);
		const { authorization_endpoint, token_endpoint, jwks_uri } = config.serverMetadata();
		for (const address of [authorization_endpoint, token_endpoint, jwks_uri])
			if (!address || !isSafeAddress(address)) throw new StaffRefusal('silent');
		return config;
	}
}
