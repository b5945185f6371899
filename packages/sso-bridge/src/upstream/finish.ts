import type { LibraryRecord } from '@understory/core/register.ts';
import { seal } from '@understory/core/seal.ts';
import { coarseTime } from '../card/coarse-time.ts';
import type { Context } from '../context.ts';
import { type AccountRow, accountFor, accountOfLink, type Link } from '../store/accounts.ts';
import { beginUpstreamSession } from '../store/upstream-sessions.ts';
import type { Answered } from './memory.ts';
import { type KeptOut, keptOutBy, type Person } from './people.ts';
import { Refusal } from './refusal.ts';

/**
 * What a library's rules make of somebody. Whom they keep out and who was here before, by any of the names, is kept out as far as the porch. Throws the `Refusal`
 * of `judge` for everybody else: nothing is kept of them.
 */
export async function judged(
	context: Context,
	library: LibraryRecord,
	links: readonly Link[],
	judge: () => Person,
): Promise<Person | KeptOut> {
	try {
		return judge();
	} catch (error) {
		const keptOut = error instanceof Refusal ? keptOutBy(error) : undefined;
		if (!keptOut || (await accountsOf(context, library, links)).length === 0) throw error;
		return { keptOut };
	}
}

/**
 * The account of somebody whose provider answered well. A name that a provider begins to send is attached to the account that the others lead
 * to, so that nobody becomes a stranger because of a setting there; names that lead to two accounts lead into neither. Throws `Refusal`.
 */
export async function accountOf(
	context: Context,
	library: LibraryRecord,
	{ upstream, links, person }: Answered,
): Promise<AccountRow> {
	const way = context.upstreams.way(library, upstream);
	if (!way) throw new Refusal('provider_unknown');
	const known = await accountsOf(context, library, links);
	if (new Set(known.map(({ id }) => id)).size > 1) throw new Refusal('another_holder');
	const told =
		'keptOut' in person
			? ({ ageBand: known[0]?.age_band ?? 'unknown', standing: 'porch', mayBegin: false } as const)
			: ({ ageBand: person.ageBand, standing: 'full' } as const);
	const sought = await accountFor(context.database, {
		library: library.id,
		links,
		...told,
		...coarseTime(library.zone, context.clock.now()),
		freshId: context.randomId(),
	});
	// Deleted in this very moment.
	if (sought.outcome === 'nobody') throw new Refusal('no_rule_fits');
	if (sought.outcome !== 'found') throw new Refusal('another_holder');
	return sought.account;
}

/** The accounts that names lead to; one of them may stand there several times. */
async function accountsOf(
	{ database }: Context,
	{ id }: LibraryRecord,
	links: readonly Link[],
): Promise<AccountRow[]> {
	const accounts = await Promise.all(links.map((link) => accountOfLink(database, id, link)));
	return accounts.flatMap((account) => account ?? []);
}

/** How long a provider can end what stands on its session: as long as a card session is kept at most. */
const REMEMBERED_MS = 14 * 86_400_000;
/** How long we can end the provider's; few of theirs are older. */
const ENDING_MS = 12 * 3_600_000;

/** Remembers which session of the provider this sign-in stands on, so that either side can end both. */
export async function rememberSession(
	context: Context,
	library: LibraryRecord,
	{ upstream, session }: Answered,
	interaction: string,
): Promise<void> {
	const id = context.randomId();
	const now = context.clock.now();
	const ending = JSON.stringify(session.ending);
	await beginUpstreamSession(
		context.database,
		{
			id,
			library: library.id,
			upstream,
			subject: session.subject,
			session_index: session.index,
			sealed: seal(context.keysOf(library.id).seal, `upstream_session/${id}`, ending),
			sealed_until: new Date(now + ENDING_MS),
			expires_at: new Date(now + REMEMBERED_MS),
		},
		interaction,
	);
}
