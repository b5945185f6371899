import type { ReasonOf } from '../reconcile/reasons.ts';
import { RESTORING } from './backups.ts';
import type { Database } from './database.ts';
import { ENDED } from './moves.ts';
import type { ConditionType } from './rows.ts';

/** What goes on with a branch besides carrying out what is wanted of it. */
export interface UnderWay {
	readonly reason: ReasonOf<'Progressing'>;
	/** A sentence in English. */
	readonly message: string;
	/** It goes on with the home, and so with everybody in it. */
	readonly ofHome: boolean;
}

const UPGRADES = ['Upgrading', 'RollingBack'] as const satisfies readonly ReasonOf<'Progressing'>[];

/** An upgrade that is at a home just now. It rolls back when it undoes another, and from when the home did not come up. */
const UPGRADED = `upgrade_home join upgrade on upgrade.id = upgrade_home.upgrade
	and upgrade_home.state = 'upgrading' and upgrade.state in ('running', 'paused')`;
const HOW = `case when upgrade.undoes is not null or upgrade_home.message is not null then 'RollingBack' else 'Upgrading' end`;

/** What goes on with these branches, in one question. Where it is more than one thing, the one that says most about the others. */
export async function underWayAmong(
	database: Database,
	branches: readonly string[],
): Promise<Map<string, UnderWay>> {
	const { rows }: { rows: (Omit<UnderWay, 'ofHome'> & { branch: string; rank: number })[] } =
		await database.raw(
			`select branch.id as branch, 0 as rank, ${HOW} as reason, ${SAID} as message
				from ${UPGRADED} join branch on branch.place = upgrade_home.name where branch.id = any(:branches)
			union all select branch, 1, 'Restoring', 'A copy is being put in its place.'
				from restore where branch = any(:branches) and state = any(:restoring)
			union all select branch, 2, 'Renaming', 'It is to go on under another name.'
				from operation where kind = 'rename' and state in ('queued', 'running') and branch = any(:branches)
			union all select branch, 3, 'Moving', 'It moves to ' || to_place || '.'
				from move where branch = any(:branches) and state <> all(:ended)
			union all select backup.branch, 4, 'Exporting', 'A copy that somebody asked for is being made.'
				from backup where backup.branch = any(:branches) and backup.state = 'underway' and not backup.scheduled
				and not exists (select from upgrade where upgrade.state in ('running', 'paused') and upgrade.asked_by = backup.asked_by)
			order by rank desc`,
			{ branches: [...branches], restoring: [...RESTORING], ended: [...ENDED] },
		);
	return new Map(
		rows.map(({ branch, reason, message, rank }) => [branch, { reason, message, ofHome: rank === 0 }]),
	);
}

/** What is said of a home that an upgrade is at. */
const SAID = `case when upgrade.undoes is not null then 'The upgrade of its home to ' || upgrade.version || ' is undone.'
	when upgrade_home.message is not null then 'Its home did not come up with ' || upgrade.version || ' and is brought back to what it was.'
	else 'Its home is brought to ' || upgrade.version || '.' end`;

/**
 * Tells every branch of a home that an upgrade has begun or ended there, or goes back: those where nothing else is to be said. `settled` is what is
 * said of a branch that is served as wanted. What it leaves out is found by the sweep.
 */
export async function tellOfUpgrade(
	database: Database,
	place: string,
	settled: string,
	now: number,
): Promise<void> {
	const { rows }: { rows: Pick<UnderWay, 'reason' | 'message'>[] } = await database.raw(
		`select ${HOW} as reason, ${SAID} as message from ${UPGRADED} where upgrade_home.name = :place`,
		{ place },
	);
	const [said] = rows;
	const told = said
		? { status: 'True', ...said }
		: { status: 'False', reason: 'Settled' satisfies ReasonOf<'Progressing'>, message: settled };
	await database.raw(
		`update condition set status = :status, reason = :reason, message = :message, told_at = :now,
			transition_at = case when condition.status = :status then condition.transition_at else :now end
		from branch where branch.id = condition.branch and branch.place = :place and condition.type = :type
			and branch.suspension is null and condition.reason = any(:from) and condition.reason <> :reason`,
		{
			...{ place, now, type: 'Progressing' satisfies ConditionType, ...told },
			from: said ? ['Settled', ...UPGRADES] : [...UPGRADES],
		},
	);
}

/** For a question about branches and their conditions: those of which only an upgrade is told that goes on. Nothing is to be done for them. */
export const ONLY_UPGRADED = `condition.reason in ('Upgrading', 'RollingBack')
	and exists (select from ${UPGRADED} where upgrade_home.name = branch.place)`;
