import type { SignInAlert } from '@understory/core/sign-in-alerts.ts';
import type { Database } from './database.ts';
import { big } from './rows.ts';

type AlertRow = { readonly kind: SignInAlert['kind']; readonly since: string; readonly last: string };

/** What the bridge told of a library, what was so last first. */
export async function alertsOf(database: Database, library: string): Promise<SignInAlert[]> {
	const rows: AlertRow[] = await database('sign_in_alert')
		.where({ library })
		.orderBy('last', 'desc')
		.select('kind', 'since', 'last');
	return rows.map(({ kind, since, last }) => ({ kind, since: big(since), last: big(last) }));
}

/** The libraries of which something was so after a moment. */
export async function librariesInTrouble(database: Database, after: number): Promise<ReadonlySet<string>> {
	const ids: string[] = await database('sign_in_alert').where('last', '>', after).distinct().pluck('library');
	return new Set(ids);
}

/** Puts what the bridge told in the place of what it told before; nothing of a library that is not there. */
export async function keepAlerts(
	database: Database,
	library: string,
	alerts: readonly SignInAlert[],
): Promise<void> {
	await database.transaction(async (transaction) => {
		if (!(await transaction('library').where({ id: library }).forUpdate().first('id'))) return;
		await transaction('sign_in_alert').where({ library }).delete();
		if (alerts.length > 0)
			await transaction('sign_in_alert').insert(alerts.map((alert) => ({ library, ...alert })));
	});
}
