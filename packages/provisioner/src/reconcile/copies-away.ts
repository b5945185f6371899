import type { BackupFacts, BackupOrder } from '@understory/core/backup.ts';
import type { Context } from '../context.ts';
import { copiesNotAway, noteWhereCopyLies } from '../store/copies-away.ts';
import type { BranchRow, RoleRow } from '../store/rows.ts';
import { askHome, lifeFrom } from './ask-home.ts';

/**
 * Asks the home of a branch how far its copies are that are not in the object storage yet, and writes down what it says. The home tries by itself; one
 * that is silent is asked with the next sweep. A copy that lies there no more is asked about no more.
 */
export async function askWhetherAway(
	context: Context,
	branch: Pick<BranchRow, 'id' | 'place'>,
	home: RoleRow | undefined,
): Promise<void> {
	const { database, clock } = context;
	if (branch.place === null) return;
	for (const { id, facts } of await copiesNotAway(database, branch.id, branch.place)) {
		const order: Omit<BackupOrder, 'home'> = {
			type: 'understory/backup-order/v1',
			...{ branch: branch.id, backup: id, away: 'look', ...lifeFrom(clock.now()) },
		};
		const path = `branches/${branch.id}/backups/${id}`;
		const told = await askHome<BackupFacts>(context, home, path, order, clock.now());
		if (told.state === 'underway') continue;
		const away = told.state === 'done' ? (told.facts.away ?? null) : null;
		if (JSON.stringify(away) === JSON.stringify(facts!.away)) continue;
		await noteWhereCopyLies(database, id, away);
		context.afterStep('copy_away_noted');
	}
}
