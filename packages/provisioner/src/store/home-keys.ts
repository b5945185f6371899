import { type Database, lock } from './database.ts';
import { big } from './rows.ts';

/** The sealed keys of a home as they were deposited. Times in UTC milliseconds. */
export interface DepositedKeys {
	readonly home: string;
	/** The id of the recovery key that opens them. */
	readonly recoveryKey: string;
	/** Tells them from others, and says nothing of them. */
	readonly contents: string;
	/** The id of the role key that signed the deposit. */
	readonly roleKey: string;
	readonly sealed: string;
	readonly deposited: number;
	/** When the home last said that they are its keys. */
	readonly confirmed: number;
}

interface Row {
	home: string;
	recovery_key: string;
	contents: string;
	role_key: string;
	sealed: string;
	deposited: string;
	confirmed: string;
}

/** So many are kept of each home. A home that began anew with an empty volume has other keys, and the copies of its branches need those before. */
const KEPT = 2;

/**
 * Keeps what a home deposited. The same keys for the same recovery key are kept once, as they came first. What was sealed to another recovery key
 * goes: whoever has that one is to open nothing here any more.
 */
export async function keepKeys(
	database: Database,
	{ now, ...keys }: Omit<DepositedKeys, 'deposited' | 'confirmed'> & { readonly now: number },
): Promise<void> {
	const { home, recoveryKey: recovery_key, contents, roleKey: role_key, sealed } = keys;
	await database.transaction(async (transaction) => {
		await lock(transaction, `home_keys:${home}`);
		await transaction<Row>('home_keys')
			.insert({ home, recovery_key, contents, role_key, sealed, deposited: now, confirmed: now } as never)
			.onConflict(['home', 'recovery_key', 'contents'])
			.merge({ confirmed: now, role_key } as never);
		await transaction<Row>('home_keys').where({ home }).whereNot({ recovery_key }).delete();
		const before = transaction<Row>('home_keys')
			.where({ home })
			.whereNot({ contents })
			.orderBy('confirmed', 'desc')
			.offset(KEPT - 1)
			.select('contents');
		await transaction<Row>('home_keys').where({ home }).whereIn('contents', before).delete();
	});
}

/** What is kept of a home, the newest first. */
export async function keysOf(database: Database, home: string): Promise<DepositedKeys[]> {
	const rows = await database<Row>('home_keys')
		.where({ home })
		.orderBy([
			{ column: 'confirmed', order: 'desc' },
			{ column: 'deposited', order: 'desc' },
		]);
	return rows.map(({ recovery_key, role_key, deposited, confirmed, ...row }) => ({
		...{ ...row, recoveryKey: recovery_key, roleKey: role_key },
		...{ deposited: big(deposited), confirmed: big(confirmed) },
	}));
}

/** The newest deposit of each of these homes, without what is sealed. */
export async function newestKeys(
	database: Database,
	homes: readonly string[],
): Promise<ReadonlyMap<string, Omit<DepositedKeys, 'sealed' | 'contents'>>> {
	const { rows }: { rows: Row[] } = await database.raw(
		`select distinct on (home) home, recovery_key, role_key, deposited, confirmed from home_keys
		where home = any(:homes) order by home, confirmed desc, deposited desc`,
		{ homes: [...homes] } as never,
	);
	return new Map(
		rows.map(({ home, recovery_key, role_key, deposited, confirmed }) => [
			home,
			{
				...{ home, recoveryKey: recovery_key, roleKey: role_key },
				...{ deposited: big(deposited), confirmed: big(confirmed) },
			},
		]),
	);
}

/** Forgets the keys of homes that are no more: nobody shall open a copy of what was destroyed. Those of a home that is there stay. */
export async function forgetKeys(database: Database, homes: readonly string[]): Promise<void> {
	await database<Row>('home_keys')
		.whereIn('home', [...homes])
		.whereNotExists(database('home').whereRaw('home.name = home_keys.home'))
		.delete();
}
