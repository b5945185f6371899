import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { branchActs, type Waiting } from './branch-acts.ts';

/** `understory branch close`, `retire`, `delete`. */
export function retiringCommands(branch: Command, session: Session): void {
	const { command, operate } = branchActs(branch, session);
	command('close')
		.description('announce that a branch will be closed for good, so that its people can take their things')
		.option(
			'--successor <branch>',
			'the open branch of the library at which it goes on; can be said later, too',
		)
		.action((library: string, slug: string, { successor, ...given }: Waiting & { successor?: string }) =>
			operate(library, slug, { kind: 'close', ...(successor && { successor }) }, given),
		);
	command('retire')
		.requiredOption('--confirm <branch>', 'its name once more')
		.option('--days <days>', 'how long its folder is kept', '90')
		.description('close a branch for good; this is never undone')
		.action((library: string, slug: string, given: Waiting & { confirm: string; days: string }) => {
			if (!/^\d{1,5}$/.test(given.days)) throw new BadInput(`${given.days} is no number of days.`);
			const { confirm, days } = given;
			return operate(library, slug, { kind: 'retire', confirm, days: Number(days) }, given);
		});
	command('delete')
		.requiredOption('--confirm <branch>', 'its name once more')
		.description('destroy what is kept of a retired branch, when its time is over')
		.action((library: string, slug: string, given: Waiting & { confirm: string }) =>
			operate(library, slug, { kind: 'delete', confirm: given.confirm }, given),
		);
}
