import { interactionPolicy, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import type { Context } from '../context.ts';
import { type Carried, presentBy } from './accounts.ts';
import type { Destination } from './clients.ts';
import { barrierTo, handleAt } from './foreign-people.ts';

/**
 * The second page: for servers that are no branches, where somebody chooses a handle once and reads what the server is told; and wherever a client
 * asks for consent, as it must for access that outlasts the session. A branch that only signs somebody in gets what the card page says.
 */
export function consentPrompt(
	context: Context,
	library: string,
	provider: () => Provider,
	destinations: ReadonlyMap<string, Destination>,
) {
	const { Check, Prompt } = interactionPolicy;
	return new Prompt(
		{ name: 'consent', requestable: true },
		new Check('not_yet_there', 'a handle is chosen first', 'consent_required', async ({ oidc }) => {
			const at = foreignIn(oidc, destinations);
			const account = oidc.session?.accountId;
			if (!at || !account) return false;
			const source = oidc.session as Carried | undefined;
			const present = await presentBy(context, library, provider(), { account, source });
			if (!present || barrierTo(at, present)) return true;
			return (await handleAt(context, library, at.sector, account)) === null;
		}),
	);
}

function foreignIn(
	{ client }: KoaContextWithOIDC['oidc'],
	destinations: ReadonlyMap<string, Destination>,
): Destination | undefined {
	const at = client ? destinations.get(client.clientId) : undefined;
	return at?.foreign ? at : undefined;
}
