import type { Knex } from 'knex';
import type { Database } from './database.ts';
import { hash } from './hash.ts';

/** What of a card session its end has to reach: at each client the name of the session there, and the grant. */
export interface CardSession {
	readonly accountId: string;
	readonly authorizations: Readonly<
		Record<string, { readonly sid?: string; readonly grantId?: string; readonly persistsLogout?: boolean }>
	>;
}

/** Takes away the card session that a client knows as `sid`, and says what was in it; undefined when there is none any more. */
export async function takeSessionAt(
	database: Database,
	{ library, client, sid }: { library: string; client: string; sid: string },
): Promise<CardSession | undefined> {
	const holding = JSON.stringify({ authorizations: { [client]: { sid } } });
	return take(database('oidc').where({ library }).whereRaw('payload @> ?::jsonb', [holding]));
}

/** The same by the name it has among our own records. */
export async function takeSession(
	database: Database,
	library: string,
	uid: string,
): Promise<CardSession | undefined> {
	return take(database('oidc').where({ library, uid: hash(uid) }));
}

/** Takes away all that came out of one sign-in, codes and tokens too, and says what sessions there were. */
export async function takeSessionsOf(
	database: Database,
	library: string,
	signIn: string,
): Promise<CardSession[]> {
	const rows: { model: string; payload: Partial<CardSession> }[] = await database('oidc')
		.where({ library })
		.whereRaw("payload->'amr'->>0 = ?", [signIn])
		.delete()
		.returning(['model', 'payload']);
	return rows.flatMap(({ model, payload: { accountId, authorizations = {} } }) =>
		model === 'Session' && accountId !== undefined ? [{ accountId, authorizations }] : [],
	);
}

/** The same as `takeSession` by the hash of that name. */
export async function takeSessionHashed(
	database: Database,
	library: string,
	uid: string,
): Promise<CardSession | undefined> {
	return take(database('oidc').where({ library, uid }));
}

async function take(which: Knex.QueryBuilder): Promise<CardSession | undefined> {
	const [row]: { payload: Partial<CardSession> }[] = await which
		.where({ model: 'Session' })
		.delete()
		.returning('payload');
	const { accountId, authorizations = {} } = row?.payload ?? {};
	return accountId === undefined ? undefined : { accountId, authorizations };
}

/** Ends grants and everything that was given under them. */
export async function endGrants(
	database: Database,
	library: string,
	grants: readonly string[],
): Promise<void> {
	if (grants.length === 0) return;
	await database('oidc')
		.where({ library })
		.where((which) =>
			which
				.whereIn('grant_id', grants.map(hash))
				.orWhere((own) => own.where({ model: 'Grant' }).whereIn('id', grants)),
		)
		.delete();
}
