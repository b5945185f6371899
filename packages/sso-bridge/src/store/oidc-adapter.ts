import { createHash } from 'node:crypto';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { Database } from './database.ts';

/** Models whose id is itself the secret somebody holds; only its hash is stored. */
const TOKENS = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'Session', 'Interaction']);

interface Row {
	payload: AdapterPayload;
	consumed_at: Date | null;
	expires_at: Date | null;
}

/**
 * The store of one library's issuer (oidc-provider's adapter interface). A code is consumed by one statement that can succeed once, however many
 * redeem it at the same moment (reference/library-sso.md 5.4). Time is the machine's own here, as it is inside oidc-provider.
 */
export function createAdapter(database: Database, library: string, model: string): Adapter {
	const isToken = TOKENS.has(model);
	const key = (id: string) => ({ library, model, id: isToken ? hash(id) : id });
	const live = (row: Row | undefined): AdapterPayload | undefined => {
		if (!row || (row.expires_at && row.expires_at.getTime() <= Date.now())) return undefined;
		return { ...row.payload, ...(row.consumed_at ? { consumed: row.consumed_at.getTime() / 1000 } : {}) };
	};
	return {
		async upsert(id, payload, expiresIn) {
			const row = {
				...key(id),
				payload: JSON.stringify(isToken ? withoutSecrets(payload) : payload),
				grant_id: payload.grantId ? hash(payload.grantId) : null,
				uid: payload.uid ? hash(payload.uid) : null,
				expires_at: expiresIn ? new Date(Date.now() + expiresIn * 1000) : null,
			};
			await database('oidc')
				.insert(row)
				.onConflict(['library', 'model', 'id'])
				.merge(['payload', 'grant_id', 'uid', 'expires_at']);
		},
		async find(id) {
			const payload = live(await database('oidc').where(key(id)).first<Row>());
			return payload && isToken ? { ...payload, jti: id } : payload;
		},
		// Only read from, never saved, so it does not need the id that its owner holds.
		async findByUid(uid) {
			return live(
				await database('oidc')
					.where({ library, model, uid: hash(uid) })
					.first<Row>(),
			);
		},
		async findByUserCode() {
			return undefined;
		},
		async consume(id) {
			const spent = await database('oidc')
				.where(key(id))
				.whereNull('consumed_at')
				.update({ consumed_at: new Date() });
			if (spent !== 1) throw new errors.InvalidGrant('this was redeemed already');
		},
		async destroy(id) {
			await database('oidc').where(key(id)).delete();
		},
		async revokeByGrantId(grantId) {
			await database('oidc')
				.where({ library, model, grant_id: hash(grantId) })
				.delete();
		},
	};
}

/** What has expired is of no use to anybody. One process sweeps at a time. `now` is the role's clock, by which tries are counted. */
export async function sweepExpired(database: Database, now: number): Promise<void> {
	await database.transaction(async (transaction) => {
		const { rows }: { rows: { mine: boolean }[] } = await transaction.raw(
			"select pg_try_advisory_xact_lock(hashtextextended('sweep', 0)) as mine",
		);
		if (!rows[0]!.mine) return;
		await transaction('oidc').where('expires_at', '<', new Date()).delete();
		await transaction('attempt').where('until', '<', new Date(now)).delete();
	});
}

/** The token itself, and the session's inside an interaction, are known to whoever holds them and stand nowhere else. */
function withoutSecrets({ jti: _jti, ...payload }: AdapterPayload): AdapterPayload {
	if (!payload.session) return payload;
	const { cookie: _cookie, ...session } = payload.session;
	return { ...payload, session: session as NonNullable<AdapterPayload['session']> };
}

function hash(text: string): string {
	return createHash('sha256').update(text).digest('base64url');
}
