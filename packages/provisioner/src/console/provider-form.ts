import { BadInput, type PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import type { Context } from '../context.ts';
import { changeProvider, endProvider, faultsOfProvider, shownProvider } from '../services/staff-providers.ts';
import { type ConsoleGrantRow, grantsOfProvider } from '../store/console-grants.ts';
import { providerOf } from '../store/staff-providers.ts';
import type { Wording } from './connector-words.ts';

export type ProviderTyped = Readonly<Record<string, string | undefined>>;

/** So many of those who come in by a provider are named on its page; the others are counted. */
const NAMED = 20;

/** The form of the provider of a library, or of the platform (null): what stands there, who comes in by it, and what is wrong with what was typed. */
export async function providerForm(
	context: Context,
	library: string | null,
	t: Wording,
	{ typed, error }: { typed?: ProviderTyped | undefined; error?: PublicError | undefined } = {},
) {
	const grants = await grantsNow(context, library);
	const known = (await providerOf(context.database, library)) && (await shownProvider(context, library));
	const faults = (error?.faults ?? []).map(({ field }) => ({
		// On the page of grants another field is called `name`.
		field: field === 'name' ? 'provider_name' : field,
		text: t(`access.provider.fault.${field}`),
	}));
	return {
		provider: known ?? null,
		hangs: { count: grants.length, names: namesOf(grants) },
		settings: typed
			? { ...typed, name: typed.provider_name }
			: { ...known, scopes: known?.scopes.join(' ') ?? '' },
		faults,
		bad: faultsByField(faults),
	};
}

/**
 * Keeps what was typed. Another issuer ends every grant of the one before, so that it has to be said on purpose where there are some. Throws `BadInput` with
 * every fault.
 */
export async function keepProviderByForm(
	context: Context,
	library: string | null,
	typed: ProviderTyped,
	by: string,
): Promise<void> {
	const wanted = {
		name: String(typed.provider_name ?? ''),
		issuer: String(typed.issuer ?? '').trim(),
		client_id: String(typed.client_id ?? ''),
		...(typed.client_secret ? { client_secret: String(typed.client_secret) } : {}),
		groups_claim: String(typed.groups_claim ?? ''),
		scopes: String(typed.scopes ?? '')
			.split(/\s+/)
			.filter(Boolean),
	};
	const before = await providerOf(context.database, library);
	const faults = faultsOfProvider(wanted, before);
	if (before && before.issuer !== wanted.issuer && typed.sure !== 'yes' && (await hangsOn(context, library)))
		faults.push({ field: 'sure', text: 'Tick that their grants end.' });
	if (faults.length > 0) throw new BadInput('These settings cannot work as they stand.', faults);
	await changeProvider(context, library, wanted, by);
}

/** Ends it. Throws `BadInput` where grants would end with it and that was not said, `NotFound` where there is none. */
export async function endProviderByForm(
	context: Context,
	library: string | null,
	typed: ProviderTyped,
): Promise<void> {
	if (typed.sure_end !== 'yes' && (await hangsOn(context, library)))
		throw new BadInput('Not sure.', [{ field: 'sure_end', text: 'Tick that their grants end.' }]);
	await endProvider(context, library);
}

function namesOf(grants: readonly ConsoleGrantRow[]): string {
	const names = grants.slice(0, NAMED).map(({ name }) => name);
	return (grants.length > NAMED ? [...names, '…'] : names).join(', ');
}

async function hangsOn(context: Context, library: string | null): Promise<boolean> {
	return (await grantsNow(context, library)).length > 0;
}

/** Those who come in by it now. */
async function grantsNow(context: Context, library: string | null): Promise<ConsoleGrantRow[]> {
	const { database, clock } = context;
	const provider = await providerOf(database, library);
	return provider ? grantsOfProvider(database, { provider: provider.id, now: clock.now() }) : [];
}
