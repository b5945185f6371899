import type { Database } from './database.ts';
import type { Device } from './sign-ins.ts';

export interface PasskeyRow {
	id: string;
	library: string;
	account: string;
	/** The name the authenticator gave it, base64url. */
	credential: string;
	/** COSE, base64url. */
	public_key: string;
	/** How often it says it was used; a number that does not grow is a copy's. PostgreSQL gives it as text. */
	counter: string | number;
	/** Separated by spaces. */
	transports: string;
	device: Device;
	/** YYYY-MM. */
	added_month: string;
	used_month: string;
}

/** How many passkeys one account may have. */
export const MOST_PASSKEYS = 10;

/** Adds one. False when the library knows it already, or the account has its ten. */
export async function addPasskey(database: Database, row: PasskeyRow): Promise<boolean> {
	const { rowCount }: { rowCount: number } = await database.raw(
		`insert into passkey (id, library, account, credential, public_key, counter, transports, device, added_month, used_month)
		select :id, :library, :account, :credential, :public_key, :counter, :transports, :device, :added_month, :used_month
		where (select count(*) from passkey where account = :account) < :most
		on conflict (library, credential) do nothing`,
		{ ...row, most: MOST_PASSKEYS },
	);
	return rowCount === 1;
}

export async function passkeysOf(database: Database, account: string): Promise<PasskeyRow[]> {
	return database<PasskeyRow>('passkey').where({ account }).orderBy(['added_month', 'id']);
}

export async function passkeyByCredential(
	database: Database,
	library: string,
	credential: string,
): Promise<PasskeyRow | undefined> {
	return database<PasskeyRow>('passkey').where({ library, credential }).first();
}

/**
 * Writes down that it was used. False when it has counted this far before, as two copies of one key would; authenticators that do not count say 0.
 */
export async function usePasskey(
	database: Database,
	id: string,
	{ counter, month }: { counter: number; month: string },
): Promise<boolean> {
	const used = await database('passkey')
		.where({ id })
		.where((grown) =>
			grown
				.where('counter', '<', counter)
				.orWhere((never) => never.where({ counter: 0 }).whereRaw('? = 0', [counter])),
		)
		.update({ counter, used_month: month });
	return used === 1;
}

/** Takes one away; the last one of a locked account takes the lock with it. False when it is not of this account. */
export async function removePasskey(database: Database, account: string, id: string): Promise<boolean> {
	return database.transaction(async (transaction) => {
		await transaction('account').where({ id: account }).forUpdate().first('id');
		const gone = await transaction('passkey').where({ account, id }).delete();
		const left = await transaction('passkey').where({ account }).first('id');
		if (!left) await transaction('account').where({ id: account }).update({ locked: false });
		return gone === 1;
	});
}

/** From now on card and PIN are not enough, or are again. False when there is no passkey to lock with. */
export async function lockAccount(database: Database, account: string, locked: boolean): Promise<boolean> {
	const row = database('account').where({ id: account });
	if (locked) row.whereExists(database('passkey').where({ account }).select(database.raw('1')));
	return (await row.update({ locked })) === 1;
}
