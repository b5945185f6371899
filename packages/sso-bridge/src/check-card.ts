import { ageBand } from '@understory/core/claims.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import { askCatalogue } from '@understory/sip2/client.ts';
import type { Context } from './context.ts';
import { KEY_VERSION } from './keys.ts';
import { type AccountRow, accountFor } from './store/accounts.ts';
import { countFailure, failuresOf, forgetFailures, TRIES } from './store/attempts.ts';

/** What a person is told after giving card and PIN. Unknown card, wrong PIN and too many tries look the same but for the number left. */
export type Checked =
	| { readonly outcome: 'ok'; readonly account: AccountRow }
	| { readonly outcome: 'length'; readonly given: number; readonly wanted: number }
	| { readonly outcome: 'empty' }
	| { readonly outcome: 'no_match'; readonly left: number }
	| { readonly outcome: 'see_desk'; readonly reason: 'lost' | 'blocked' | 'elsewhere' }
	| { readonly outcome: 'silent' };

/**
 * Checks a card against the library's catalogue and finds its account. The budget of wrong tries is ours and lies below the catalogue's own lock;
 * beyond it the catalogue is not asked. A catalogue that does not answer costs nobody a try. Nothing of card or PIN outlives the call.
 */
export async function checkCard(
	context: Context,
	library: LibraryRecord,
	given: { card: string; pin: string },
): Promise<Checked> {
	const started = performance.now();
	const checked = await check(context, library, {
		card: given.card.replace(/[\s-]/g, ''),
		pin: given.pin.trim(),
	});
	// One length of time for every refusal, so that the answer tells no more than its words.
	if (checked.outcome === 'no_match') await context.waitUntil(started);
	return checked;
}

async function check(
	context: Context,
	library: LibraryRecord,
	{ card, pin }: { card: string; pin: string },
): Promise<Checked> {
	if (card === '' || pin === '') return { outcome: 'empty' };
	const wanted = library.card_digits;
	if (wanted !== null && (card.length !== wanted || !/^\d+$/.test(card))) {
		return { outcome: 'length', given: card.replace(/\D/g, '').length, wanted };
	}
	const { database, clock } = context;
	const now = clock.now();
	const keys = context.keysOf(library.id);
	const cardHash = keys.attempt(`card\0${card}`);
	const bothHash = keys.attempt(`both\0${card}\0${pin}`);
	const used = await failuresOf(database, library.id, cardHash, now);
	const left = Math.max(0, TRIES - used);
	if (left === 0) return { outcome: 'no_match', left };
	// The same wrong pair again (a double click, a reload) is not a second try.
	if ((await failuresOf(database, library.id, bothHash, now)) > 0) return { outcome: 'no_match', left };

	const settings = context.ils(library.slug);
	if (!settings) return { outcome: 'silent' };
	const answer = await askCatalogue(settings, { card, pin }, { now, zone: library.zone });
	switch (answer.outcome) {
		case 'ok': {
			await forgetFailures(database, library.id, cardHash);
			const ids = answer.internalId ? [{ kind: 'ils_id' as const, value: answer.internalId }] : [];
			const account = await accountFor(database, {
				library: library.id,
				identities: [...ids, { kind: 'card' as const, value: card }].map(({ kind, value }) => ({
					kind,
					hash: keys.identity(kind, value),
				})),
				keyVersion: KEY_VERSION,
				ageBand: ageBand(answer.age),
				standing: answer.expiredOn ? 'porch' : 'full',
				month: new Date(now).toISOString().slice(0, 7),
				freshId: context.randomId(),
			});
			return { outcome: 'ok', account };
		}
		case 'bad_credentials': {
			await countFailure(database, library.id, bothHash, now);
			const failures = await countFailure(database, library.id, cardHash, now);
			return { outcome: 'no_match', left: Math.max(0, TRIES - failures) };
		}
		case 'refused_by_policy':
			return { outcome: 'see_desk', reason: answer.reason };
		default:
			context.log.warn('catalogue_silent', { library: library.slug, error_code: answer.outcome });
			return { outcome: 'silent' };
	}
}
