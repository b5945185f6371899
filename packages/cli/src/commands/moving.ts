import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { branchActs, type Waiting } from './branch-acts.ts';

/** `understory branch move`, `stay`. */
export function moveCommands(branch: Command, session: Session): void {
	const { command, operate } = branchActs(branch, session);
	command('move')
		.option('--dedicated', 'to a home of its own')
		.option('--shared', 'to a home that it shares with others')
		.option('--to <home>', 'with --shared, to that one')
		.option('--cell <name>', 'to a home in that cell')
		.option('--dry-run', 'show what would be done, and do nothing')
		.description('move a branch to another home; it is closed while the last changes are carried over')
		.action(async (library: string, slug: string, given: Where & Waiting) => {
			const home = kindIn(given);
			if (!given.dryRun) {
				const where = { ...(given.to && { place: given.to }), ...(given.cell && { cell: given.cell }) };
				const body = { kind: 'move' as const, home, ...where };
				return operate(library, slug, body, given);
			}
			const found = await session.api().call('getBranch', { params: { library, branch: slug } });
			session.showOne(found, {
				branch: slug,
				from: found.home.name,
				to: home === 'dedicated' ? 'a home of its own' : (given.to ?? 'another shared home that has room'),
				...(given.cell && { 'in the cell': given.cell }),
				'stays as it is': 'posts, addresses, people, keys, and who is signed in',
				closed: 'while the last changes are carried over',
				'kept for a week': 'the folder it leaves, which never speaks again',
			});
		});
	command('stay')
		.description('cancel the move of a branch, until it is about to serve in its new home')
		.action((library: string, slug: string, given: Waiting) =>
			operate(library, slug, { kind: 'cancel_move' }, given),
		);
}

interface Where {
	readonly dedicated?: boolean;
	readonly shared?: boolean;
	readonly to?: string;
	readonly cell?: string;
	readonly dryRun?: boolean;
}

function kindIn({ dedicated = false, shared = false, to }: Where): 'dedicated' | 'shared' {
	if (dedicated === shared) throw new BadInput('Say --dedicated or --shared.');
	if (dedicated && to !== undefined) throw new BadInput('Only a shared home is named with --to.');
	return dedicated ? 'dedicated' : 'shared';
}
