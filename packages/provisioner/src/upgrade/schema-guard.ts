import { Conflict } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { roleOfHome } from '../store/homes.ts';
import type { BackupRow } from '../store/rows.ts';
import type { UpgradeHomeRow } from '../store/upgrades.ts';

/** The newest schema of folders that were copied; null when there are none. */
export function newestSchema(copies: readonly BackupRow[]): number | null {
	const schemas = copies.flatMap(({ facts }) => (facts ? [facts.schema] : []));
	return schemas.length > 0 ? Math.max(...schemas) : null;
}

/** Of which schema the newest folder of a home is, as it says itself; null when it does not say it: it is away, or older than the question. */
export async function schemaNow(context: Context, name: string): Promise<number | null> {
	const home = await roleOfHome(context.database, name);
	if (!home?.internal_url) return null;
	try {
		const url = `${home.internal_url}/internal/v1/schema`;
		const { status, body } = await context.internal.request({ url, timeoutMs: 20_000 });
		if (status !== 200) return null;
		const { newest } = JSON.parse(body.toString('utf8')) as { newest: unknown };
		return Number.isSafeInteger(newest) ? (newest as number) : null;
	} catch (error) {
		context.log.warn('schema_not_told', { error });
		return null;
	}
}

/** Why a home cannot go back to the version before: folders of a schema that it is not known to open, so that none of them would be served. Null when it can. */
export function whyUnreadable(
	{ name, schema }: Pick<UpgradeHomeRow, 'name' | 'schema'>,
	now: number | null,
): string | null {
	if (now === null || (schema !== null && now <= schema)) return null;
	const before =
		schema === null
			? 'what the version before opens was not written down'
			: `the version before opens folders up to schema ${schema}`;
	return `Folders in ${name} are of schema ${now}, and ${before}. Mend it with a newer version, or restore the copies that were made before.`;
}

/** Throws `Conflict` with why a home cannot go back. */
export function refuseUnreadable(home: Pick<UpgradeHomeRow, 'name' | 'schema'>, now: number | null): void {
	const why = whyUnreadable(home, now);
	if (why !== null) throw new Conflict(why, 'newer_schema');
}
