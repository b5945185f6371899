import type { Configuration } from 'oidc-provider';

/** What was asked for and may be given, under the grant of this sign-in. Whether it may be given was settled before: by the client's scopes, and by consent. */
export const grantOf: NonNullable<Configuration['loadExistingGrant']> = async ({ oidc }) => {
	const { client, session, provider } = oidc;
	if (!client || !session?.accountId) return undefined;
	const { clientId } = client;
	const known = session.grantIdFor(clientId);
	const existing = known ? await provider.Grant.find(known) : undefined;
	const asked = [...oidc.requestParamOIDCScopes];
	if (existing && asked.every((scope) => existing.getOIDCScope().split(' ').includes(scope))) return existing;
	const grant = existing ?? new provider.Grant({ clientId, accountId: session.accountId });
	grant.addOIDCScope(['openid', ...asked]);
	grant.addOIDCClaims(['age_band', 'standing', 'staff_id', 'preferred_username', 'name']);
	await grant.save();
	return grant;
};
