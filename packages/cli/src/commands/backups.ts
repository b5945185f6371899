import type { Backups } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { branchActs, type Waiting } from './branch-acts.ts';

type Backup = Backups['items'][number];

/** `understory branch backup`, `backups`, `restore`. */
export function backupCommands(branch: Command, session: Session): void {
	const { command, operate } = branchActs(branch, session);
	const backupsOf = async (library: string, slug: string) =>
		(await session.api().call('listBackups', { params: { library, branch: slug } })).items;
	command('backup')
		.description('copy a branch while it serves, and try the copy')
		.action((library: string, slug: string, given: Waiting) =>
			operate(library, slug, { kind: 'back_up' }, given),
		);
	branch
		.command('backups')
		.argument('<library>')
		.argument('<branch>')
		.description('list the copies of a branch')
		.action(async (library: string, slug: string) => {
			const columns = ['backup', 'state', 'made', 'hours old', 'MB', 'tried', 'lies in', 'problem'];
			session.show(columns, await backupsOf(library, slug), (one: Backup) => ({
				backup: one.id,
				state: one.state,
				made: momentOf(one.made),
				'hours old': one.made === null ? null : Math.floor((session.now() - one.made) / 3_600_000),
				MB: one.bytes === null ? null : Math.ceil(one.bytes / 1_000_000),
				tried: momentOf(one.verified),
				'lies in': one.state === 'done' ? placesOf(one) : null,
				problem: one.problem ?? one.away?.problem ?? null,
			}));
		});
	command('restore')
		.argument('<backup>', 'its id, or `newest`')
		.option('--dry-run', 'show what would be done, and do nothing')
		.description('make a branch what it was in a copy; what was deleted since stays deleted')
		.action(async (library: string, slug: string, wanted: string, given: Waiting & { dryRun?: boolean }) => {
			const whole = (await backupsOf(library, slug)).filter(({ state }) => state === 'done');
			const found = wanted === 'newest' ? whole[0] : whole.find(({ id }) => id === wanted);
			if (!found) throw new BadInput('This branch has no such backup that is whole.');
			if (!given.dryRun) return operate(library, slug, { kind: 'restore', backup: found.id }, given);
			session.showOne(found, {
				branch: slug,
				backup: found.id,
				'as it was': momentOf(found.made),
				'lies in': placesOf(found),
				'given up': `what was written since then, ${momentOf(found.made)}`,
				'stays gone': 'what people deleted and hosts took down since',
				'kept beside': 'the folder that serves now, until the next restore',
			});
		});
}

/** Where a copy can be taken from, and where it is wanted and not yet. */
function placesOf({ home, away }: Backup): string {
	if (away === null) return home;
	return away.state === 'there' ? `${home}, ${away.where}` : `${home} (not in ${away.where} yet)`;
}

function momentOf(at: number | null): string | null {
	return at === null ? null : `${new Date(at).toISOString().slice(0, 16)}Z`;
}
