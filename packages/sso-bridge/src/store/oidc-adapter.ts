import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { endGrants } from './card-sessions.ts';
import type { Database } from './database.ts';
import { hash } from './hash.ts';
import { RELAXED } from './relaxed.ts';

/** Models whose id is itself the secret somebody holds, or tells of one; only its hash is stored. */
const HELD = new Set([
	'AccessToken',
	'AuthorizationCode',
	'RefreshToken',
	'Session',
	'Interaction',
	'ReplayDetection',
]);
/** How many expired rows are deleted by one statement. */
const SWEPT_AT_ONCE = 5_000;

interface Key {
	library: string;
	model: string;
	id: string;
}

/** Names of the statements that each sign-in makes many times: PostgreSQL reads and plans them once a connection. One name is one text, so each lists its columns. */
const FIND = { name: 'oidc_find' };
const KEEP = { name: 'oidc_keep' };
const COLUMNS = ['payload', 'consumed_at', 'expires_at'] as const;

interface Row {
	payload: AdapterPayload;
	consumed_at: Date | null;
	expires_at: Date | null;
}

/**
 * The store of one library's issuer (oidc-provider's adapter interface). What may be used once is used up by one statement that can succeed
 * once, however many try at the same moment (reference/library-sso.md 5.4). Time is the machine's own here, as it is inside oidc-provider.
 */
export function createAdapter(database: Database, library: string, model: string): Adapter {
	const isHeld = HELD.has(model);
	const key = (id: string): Key => ({ library, model, id: isHeld ? hash(id) : id });
	const live = (row: Row | undefined): AdapterPayload | undefined => {
		if (!row || (row.expires_at && row.expires_at.getTime() <= Date.now())) return undefined;
		return { ...row.payload, ...(row.consumed_at ? { consumed: row.consumed_at.getTime() / 1000 } : {}) };
	};
	return {
		async upsert(id, payload, expiresIn) {
			const row = {
				...key(id),
				payload: JSON.stringify(isHeld ? withoutSecrets(payload) : payload),
				grant_id: payload.grantId ? hash(payload.grantId) : null,
				uid: payload.uid ? hash(payload.uid) : null,
				expires_at: expiresIn ? new Date(Date.now() + expiresIn * 1000) : null,
			};
			const kept = database('oidc').insert(row).onConflict(['library', 'model', 'id']);
			if (model !== 'ReplayDetection') {
				// Lost with the machine of the database, somebody signs in once more.
				await kept
					.merge(['payload', 'grant_id', 'uid', 'expires_at'])
					.returning(database.raw(RELAXED))
					.options(KEEP);
				return;
			}
			// Signed requests of a client work once, also when they come twice at the same moment.
			const fresh: unknown[] = await kept
				.merge(['payload', 'expires_at'])
				.where('oidc.expires_at', '<=', new Date())
				.returning('id');
			if (fresh.length === 0) throw new errors.InvalidClient('this request was made already');
		},
		async find(id) {
			// Asked before it is kept; keeping it is what tells.
			if (model === 'ReplayDetection') return undefined;
			const row: Row | undefined = await database('oidc')
				.where(key(id))
				.first(...COLUMNS)
				.options(FIND);
			const payload = live(row);
			return payload && isHeld ? { ...payload, jti: id } : payload;
		},
		// Only read from, never saved, so it does not need the id that its owner holds.
		async findByUid(uid) {
			const row: Row | undefined = await database('oidc')
				.where({ library, model, uid: hash(uid) })
				.first(...COLUMNS);
			return live(row);
		},
		async findByUserCode() {
			return undefined;
		},
		async consume(id) {
			const spent = await database('oidc')
				.where(key(id))
				.whereNull('consumed_at')
				.update({ consumed_at: new Date() });
			if (spent === 1) return;
			// Two hold the same refresh token, and nobody can say which of them it was given to (RFC 9700 4.14.2).
			if (model === 'RefreshToken') await revokeGrantOf(database, key(id));
			throw new errors.InvalidGrant('this was redeemed already');
		},
		async destroy(id) {
			const gone = database('oidc').where(key(id)).delete();
			// A sign-in under way has ended by going on; whoever signs out is told that it is done.
			await (model === 'Interaction' ? gone.returning(database.raw(RELAXED)) : gone);
		},
		async revokeByGrantId(grantId) {
			await database('oidc')
				.where({ library, model, grant_id: hash(grantId) })
				.delete();
		},
	};
}

/** Ends everything that was given under the grant of one row, and the grant. */
async function revokeGrantOf(database: Database, key: Key): Promise<void> {
	const row = await database('oidc').where(key).first<Row | undefined>('payload');
	const grantId = row?.payload.grantId;
	if (grantId) await endGrants(database, key.library, [grantId]);
}

/** What has expired is of no use to anybody. One process sweeps at a time. */
export async function sweepExpired(database: Database): Promise<void> {
	await database.transaction(async (transaction) => {
		const { rows }: { rows: { mine: boolean }[] } = await transaction.raw(
			"select pg_try_advisory_xact_lock(hashtextextended('sweep', 0)) as mine",
		);
		if (!rows[0]!.mine) return;
		for (let swept = SWEPT_AT_ONCE; swept === SWEPT_AT_ONCE; ) {
			const expired = transaction('oidc').select('ctid').where('expires_at', '<', new Date());
			swept = await transaction('oidc').whereIn('ctid', expired.limit(SWEPT_AT_ONCE)).delete();
		}
	});
}

/**
 * The token itself, and the session's inside an interaction, are known to whoever holds them and stand nowhere else. Neither does a hint at who
 * is signing in, which may be the number of a card.
 */
function withoutSecrets({ jti: _jti, ...payload }: AdapterPayload): AdapterPayload {
	const kept: AdapterPayload = { ...payload };
	if (payload.session) {
		const { cookie: _cookie, ...session } = payload.session;
		kept.session = session as NonNullable<AdapterPayload['session']>;
	}
	if (payload.params) kept.params = withoutHint(payload.params);
	if (payload.prompt) {
		const prompt = payload.prompt as NonNullable<AdapterPayload['prompt']>;
		kept.prompt = { ...prompt, details: withoutHint(prompt.details) };
	}
	return kept;
}

function withoutHint<T extends object>(values: T): T {
	return Object.fromEntries(Object.entries(values).filter(([name]) => name !== 'login_hint')) as T;
}
