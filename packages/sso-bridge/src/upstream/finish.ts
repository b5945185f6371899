import type { LibraryRecord } from '@understory/core/register.ts';
import { seal } from '@understory/core/seal.ts';
import { coarseTime } from '../card/coarse-time.ts';
import type { Context } from '../context.ts';
import { type AccountRow, accountFor, accountOfLink, type Link } from '../store/accounts.ts';
import { beginUpstreamSession } from '../store/upstream-sessions.ts';
import type { Answered } from './memory.ts';
import { Refusal } from './refusal.ts';

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
	if (await leadApart(context, library, links)) throw new Refusal('another_holder');
	const sought = await accountFor(context.database, {
		library: library.id,
		links,
		ageBand: person.ageBand,
		standing: 'full',
		...coarseTime(library.zone, context.clock.now()),
		freshId: context.randomId(),
	});
	if (sought.outcome !== 'found') throw new Refusal('another_holder');
	return sought.account;
}

async function leadApart(
	{ database }: Context,
	{ id }: LibraryRecord,
	links: readonly Link[],
): Promise<boolean> {
	const accounts = await Promise.all(links.map((link) => accountOfLink(database, id, link)));
	return new Set(accounts.flatMap((account) => account?.id ?? [])).size > 1;
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
