import type { BackupFacts } from '@understory/core/backup.ts';
import type { CopyAway } from '@understory/core/copy-away.ts';
import type { ReasonOf } from '../reconcile/reasons.ts';
import type { ToldCondition } from '../store/branches.ts';
import { type BackupRow, big } from '../store/rows.ts';
import type { BackupSchedule } from './backup-schedule.ts';

const HOUR = 3_600_000;

/**
 * Whether the newest copy of a branch is as new as its library wants: not older than two of the schedule's stretches and a day, since copies wait for their
 * hours. One that was to be in the object storage a day ago, and is not, is as good as none once the home is lost. `copies` are the newest first; `since` is when the branch was made, UTC milliseconds.
 */
export function backupFresh(
	schedule: BackupSchedule | null,
	copies: readonly Pick<BackupRow, 'state' | 'asked' | 'facts' | 'message'>[],
	{ since, now }: { readonly since: number; readonly now: number },
): ToldCondition<'BackupFresh'> {
	const say = (
		status: ToldCondition['status'],
		reason: ReasonOf<'BackupFresh'>,
		message: string,
	): ToldCondition<'BackupFresh'> => ({ type: 'BackupFresh', status, reason, message });
	const newest = copies.find(({ state, facts }) => state === 'done' && facts !== null)?.facts;
	const [last] = copies.filter(({ state }) => state !== 'underway');
	const of = newest
		? `The newest copy is of ${moment(newest.made)}.${whereOf(newest)}`
		: 'There is no copy yet.';
	if (schedule === null) return say('Unknown', 'NotScheduled', `No backups are scheduled. ${of}`);
	const patience = 2 * schedule.every_hours * HOUR + 24 * HOUR;
	if (last?.state === 'failed')
		return say(
			'False',
			'Failed',
			`The last copy failed on ${moment(big(last.asked))}: ${last.message} ${of}`,
		);
	if (newest && now - newest.made > patience) return say('False', 'TooOld', of);
	if (newest) return isLate(newest.away, now) ? say('False', 'NotAway', of) : say('True', 'Fresh', of);
	return now - since <= patience ? say('Unknown', 'NotYet', of) : say('False', 'None', of);
}

/** Wanted in the object storage for a day, and not there. */
function isLate(away: CopyAway | undefined, now: number): boolean {
	return away?.state === 'not_yet' && now - away.since > 24 * HOUR;
}

function whereOf({ away, apart }: Pick<BackupFacts, 'away' | 'apart'>): string {
	if (away === undefined)
		return apart === false ? ' It lies on the disk of the branch itself, and is lost together with it.' : '';
	if (away.state === 'there') return ` It lies in its home and in ${away.where}.`;
	const why = away.problem === null ? '' : `: ${away.problem}`;
	return ` It lies in its home, and not in ${away.where} yet${why || '.'}`;
}

function moment(at: number): string {
	return `${new Date(at).toISOString().slice(0, 16)}Z`;
}
