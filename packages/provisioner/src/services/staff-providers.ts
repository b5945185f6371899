import { BadInput, type Fault, NotFound } from '@understory/core/errors.ts';
import { seal } from '@understory/core/seal.ts';
import type { Context } from '../context.ts';
import { StaffRefusal } from '../staff-sign-in/refusal.ts';
import { createRelyingParties, secretOf } from '../staff-sign-in/relying-party.ts';
import { isSafeAddress } from '../staff-sign-in/safe-address.ts';
import { callbackOf, isSilence } from '../staff-sign-in/staff-sign-in.ts';
import { endSessionsOf } from '../store/console-grants.ts';
import { big } from '../store/rows.ts';
import { dropProvider, keepProvider, providerOf, type StaffProviderRow } from '../store/staff-providers.ts';

export interface WantedProvider {
	readonly name: string;
	readonly issuer: string;
	readonly client_id: string;
	/** Missing: the one that stands there. */
	readonly client_secret?: string;
	/** The claim with somebody's groups; `groups` when not said. */
	readonly groups_claim?: string;
	/** What is asked for besides `openid` and `email`. */
	readonly scopes?: readonly string[];
}

/** A provider as it may be shown: without the secret. */
export interface ShownProvider {
	readonly name: string;
	readonly issuer: string;
	readonly client_id: string;
	readonly groups_claim: string;
	readonly scopes: readonly string[];
	/** What the provider has to be told as where it may send people back to. */
	readonly redirect_uri: string;
	readonly changed_at: number;
	readonly changed_by: string;
}

/** The provider of a library, or of the platform (null). Throws `NotFound` while there is none. */
export async function shownProvider(context: Context, library: string | null): Promise<ShownProvider> {
	const row = await providerOf(context.database, library);
	if (!row) throw new NotFound('Nobody has said yet by which provider staff signs in here.');
	return shown(context, row);
}

/**
 * Keeps by which provider staff signs in. Another issuer is other people: whoever is signed in by the one before is signed out, and grants are made anew. Throws
 * `BadInput` with every fault.
 */
export async function changeProvider(
	context: Context,
	library: string | null,
	wanted: WantedProvider,
	by: string,
): Promise<ShownProvider> {
	const before = await providerOf(context.database, library);
	const faults = faultsOfProvider(wanted, before);
	if (faults.length > 0) throw new BadInput('These settings cannot work as they stand.', faults);
	const same = before?.issuer === wanted.issuer;
	const id = same ? before.id : context.randomId();
	// Sealed anew also when it is the same secret of the same provider, so that each change is seen.
	const row = {
		id,
		library,
		name: wanted.name.trim(),
		issuer: wanted.issuer,
		client_id: wanted.client_id.trim(),
		secret: wanted.client_secret
			? seal(context.staffKey, secretOf(id), wanted.client_secret)
			: (before?.secret ?? ''),
		groups_claim: wanted.groups_claim?.trim() || 'groups',
		scopes: JSON.stringify(wanted.scopes ?? []),
		changed_at: context.clock.now(),
		changed_by: by,
	};
	await context.database.transaction(async (transaction) => {
		if (before && !same) await dropProvider(transaction, before.id);
		await keepProvider(transaction, row);
		if (same) await endSessionsOf(transaction, id);
	});
	return shownProvider(context, library);
}

/** Staff signs in by no provider any more; who is signed in by one is signed out, and its grants are gone. */
export async function endProvider(context: Context, library: string | null): Promise<void> {
	const row = await providerOf(context.database, library);
	if (!row) throw new NotFound('Nobody has said yet by which provider staff signs in here.');
	await dropProvider(context.database, row.id);
}

/** What is wrong with wanted settings in the place of those before; a secret is asked for where there is none to keep for this issuer. */
export function faultsOfProvider(wanted: WantedProvider, before: StaffProviderRow | undefined): Fault[] {
	const faults: Fault[] = [];
	if (!wanted.name.trim()) faults.push({ field: 'name', text: 'Write what people call it.' });
	if (!isIssuer(wanted.issuer))
		faults.push({
			field: 'issuer',
			text: 'Write its address, which begins with https:// and has no ? or #.',
		});
	if (!wanted.client_id.trim())
		faults.push({ field: 'client_id', text: 'Write the id that it gave to this platform.' });
	if (!wanted.client_secret && before?.issuer !== wanted.issuer)
		faults.push({ field: 'client_secret', text: 'Write the secret that it gave to this platform.' });
	return faults;
}

/** What comes of asking a provider who it is: `good`, or what to look at. */
export type ProviderTried = 'good' | 'silent' | 'wrong';

/**
 * Asks the provider of a library, or of the platform (null), to describe itself, anew each time. That nobody is signed in by it: whether it takes the client id
 * and the secret is seen by signing in. Throws `NotFound` while there is none.
 */
export async function tryProvider(context: Context, library: string | null): Promise<ProviderTried> {
	const row = await providerOf(context.database, library);
	if (!row) throw new NotFound('Nobody has said yet by which provider staff signs in here.');
	try {
		await createRelyingParties(context)(row);
		return 'good';
	} catch (error) {
		if (!(error instanceof StaffRefusal)) throw error;
		context.log.warn('staff_provider_tried', { ...(library && { library }), error: error.cause });
		return isSilence(error) ? 'silent' : 'wrong';
	}
}

/** An issuer identifier (OpenID Connect Discovery 1.0, section 2). */
function isIssuer(text: string): boolean {
	return isSafeAddress(text) && !/[?#]/.test(text);
}

function shown(context: Context, row: StaffProviderRow): ShownProvider {
	const { name, issuer, client_id, groups_claim, scopes, changed_by } = row;
	return {
		...{ name, issuer, client_id, groups_claim, scopes, changed_by },
		redirect_uri: callbackOf(context, row.id),
		changed_at: big(row.changed_at),
	};
}
