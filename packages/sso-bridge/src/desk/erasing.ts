import type { LibraryRecord } from '@understory/core/register.ts';
import type { Context } from '../context.ts';
import type { Issuers } from '../openid/issuers.ts';
import { endSignIn } from '../signing-in/ending.ts';
import { accountOfLink } from '../store/accounts.ts';
import { askErasure, dueErasures, erasureDue } from '../store/erasures.ts';
import { eraseAccount } from '../store/leaving.ts';
import { signInsOf } from '../store/sign-ins.ts';
import type { Clerk } from './clerk.ts';
import { mayStill } from './issuing.ts';

const DAY = 86_400_000;
/** Between the asking and the deleting, in days: its owner reads of it at each sign-in and can keep the account. */
export const ERASED_AFTER_DAYS = 7;
const AT_ONCE = 50;

/**
 * Notes that whoever holds a card asked to be deleted. For a card that nobody signed in with the answer is the same, so that no desk learns who is here. Returns
 * the moment (UTC milliseconds), or null when the clerk did it as often as a day allows.
 */
export async function askToErase(
	context: Context,
	library: LibraryRecord,
	{ clerk, card }: { clerk: Clerk; card: string },
): Promise<number | null> {
	if (!(await mayStill(context, library, clerk, 'erasure'))) return null;
	const due = context.clock.now() + ERASED_AFTER_DAYS * DAY;
	const hash = context.keysOf(library.id).identity('card', card);
	const account = await accountOfLink(context.database, library.id, { kind: 'card', hash });
	if (account)
		await askErasure(context.database, { account: account.id, library: library.id, due: new Date(due) });
	context.log.info('erasure_asked', { library: library.slug });
	return due;
}

/** Deletes the accounts whose day has come, as their owners would: ended everywhere first, so that branches let go of them too. */
export async function eraseDue(context: Context, issuers: Issuers): Promise<void> {
	const { database, clock, log } = context;
	for (const { account, library: id } of await dueErasures(database, clock.now(), AT_ONCE)) {
		const library = context.registers.registers.get(id)?.library;
		if (!library) continue;
		// Kept a moment ago.
		if ((await erasureDue(database, account)) === null) continue;
		const site = await issuers.siteOf(new URL(library.card_origin).host);
		for (const signIn of await signInsOf(database, account))
			await endSignIn(context, site, { account, id: signIn.id });
		await eraseAccount(database, id, account);
		log.info('account_erased', { library: library.slug });
	}
}
