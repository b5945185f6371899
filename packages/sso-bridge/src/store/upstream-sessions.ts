import type { Database } from './database.ts';
import { hash } from './hash.ts';

/** A card session that stands on a session of a provider: hashes, so that the provider can end it, and what we need to end the provider's, sealed. */
export interface UpstreamSession {
	readonly id: string;
	readonly library: string;
	readonly upstream: string;
	/** Keyed hash of who they are there. */
	readonly subject: string;
	/** Keyed hash of the provider's name for the session; null when it gave none. */
	readonly session_index: string | null;
	/** Null once it is too old to be of use. */
	readonly sealed: string | null;
	readonly sealed_until: Date;
	readonly expires_at: Date;
}

/** Remembers one that begins with a sign-in that is under way here: `interaction` is its uid. */
export async function beginUpstreamSession(
	database: Database,
	session: UpstreamSession,
	interaction: string,
): Promise<void> {
	await database('upstream_session').insert({ ...session, interaction: hash(interaction) });
}

/** The sign-in came to its end: from now on the card session has this uid. */
export async function bindUpstreamSession(
	database: Database,
	{ library, interaction, uid }: { library: string; interaction: string; uid: string },
): Promise<void> {
	await database('upstream_session')
		.where({ library, interaction: hash(interaction) })
		.update({ session: hash(uid), interaction: null });
}

/** The provider's side of a card session, by its uid; the youngest, where somebody came several times. */
export async function upstreamSessionOf(
	database: Database,
	{ library, uid, now }: { library: string; uid: string; now: number },
): Promise<UpstreamSession | undefined> {
	return database('upstream_session')
		.where({ library, session: hash(uid) })
		.where('sealed_until', '>', new Date(now))
		.whereNotNull('sealed')
		.orderBy('expires_at', 'desc')
		.first<UpstreamSession | undefined>();
}

/** Which of a provider's sessions ended: one, or all of somebody's. */
export interface EndedElsewhere {
	readonly library: string;
	readonly upstream: string;
	/** Null: whoever's it was. */
	readonly subject: string | null;
	/** Null: every one of theirs. */
	readonly sessionIndex: string | null;
}

/** Forgets what stood on it, and returns the hashed uids of the card sessions that have to end. Somebody has to be named: the person, or the session. */
export async function forgetUpstreamSessions(
	database: Database,
	{ library, upstream, subject, sessionIndex }: EndedElsewhere,
): Promise<string[]> {
	if (subject === null && sessionIndex === null) throw new RangeError('nobody was named');
	const rows: { session: string | null }[] = await database('upstream_session')
		.where({ library, upstream })
		.where((query) => {
			if (subject !== null) query.where({ subject });
			if (sessionIndex !== null) query.where({ session_index: sessionIndex });
		})
		.delete(['session']);
	return rows.flatMap(({ session }) => session ?? []);
}
