import type { Database } from './database.ts';
import { PATIENCE_MS } from './logout-notices.ts';

/** All that somebody is signed in with; a form that is being filled in, and requests that were seen, are not among it. */
const SIGNED_IN = ['Session', 'Grant', 'AuthorizationCode', 'AccessToken', 'RefreshToken'];

/**
 * Ends everybody's sign-in at a library, and what came out of it. Whom to tell is written down by the same transaction and is due at once, so that a
 * death in between forgets no client. Returns how many sessions there were.
 */
export async function endAllSignIns(transaction: Database, library: string, now: number): Promise<number> {
	await transaction('sign_in').where({ library, ended: false }).update({ ended: true });
	const { rows }: { rows: { sessions: string }[] } = await transaction.raw(
		`with gone as (
			delete from oidc where library = :library and model = any(:models) returning model, payload
		), session as (
			select payload from gone where model = 'Session' and payload->>'accountId' is not null
		), told as (
			insert into logout_notice (library, client, sid, account, next_at, until)
			select :library, client.key, client.value->>'sid', account.id, :now, :until
			from session
			join account on account.id = (session.payload->>'accountId')::uuid
			cross join jsonb_each(session.payload->'authorizations') client
			where client.value->>'sid' is not null
			on conflict (library, client, sid) do update set next_at = excluded.next_at
		)
		select count(*) as sessions from session`,
		{ library, models: SIGNED_IN, now: new Date(now), until: new Date(now + PATIENCE_MS) },
	);
	return Number(rows[0]!.sessions);
}
