import { Conflict } from '@understory/core/errors.ts';
import type { BackupRow } from '../store/rows.ts';
import type { UpgradeHomeRow } from '../store/upgrades.ts';

/** The newest schema of folders that were copied; null when there are none. */
export function newestSchema(copies: readonly BackupRow[]): number | null {
	const schemas = copies.flatMap(({ facts }) => (facts ? [facts.schema] : []));
	return schemas.length > 0 ? Math.max(...schemas) : null;
}

/** Throws `Conflict` when a home has folders of a schema that the version before is not known to open: none of them would be served. */
export function refuseUnreadable({ name, schema }: UpgradeHomeRow, now: number | null): void {
	if (now === null || (schema !== null && now <= schema)) return;
	const before =
		schema === null
			? 'what the version before opens was not written down'
			: `the version before opens folders up to schema ${schema}`;
	throw new Conflict(
		`Folders in ${name} are of schema ${now}, and ${before}. Mend it with a newer version, or restore the copies that were made before.`,
		'newer_schema',
	);
}
