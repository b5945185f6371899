import type { Command } from 'commander';
import { textsByLanguage } from '../language-text.ts';
import { momentOf } from '../moment.ts';
import type { Session } from '../parts.ts';
import { branchActs, type Waiting } from './branch-acts.ts';

/** `understory branch suspend`, `understory branch resume`. */
export function suspensionCommands(branch: Command, session: Session): void {
	const { command, operate } = branchActs(branch, session);
	command('suspend')
		.requiredOption('--until <time>', 'such as 2027-03-05T18:00Z, at most 14 days away')
		.requiredOption('--why <language=text...>', 'for whoever comes, in each language of the library')
		.option('--dry-run', 'show what would be done, and do nothing')
		.description('close a branch for a while; it opens again by itself')
		.action(async (library: string, slug: string, given: Suspend) => {
			const body = {
				kind: 'suspend' as const,
				until: momentOf(given.until),
				why: textsByLanguage('--why', given.why),
			};
			if (!given.dryRun) return operate(library, slug, body, given);
			const now = await session.api().call('getBranch', { params: { library, branch: slug } });
			session.showOne(
				{ branch: now.slug, ...body },
				{
					branch: now.slug,
					now: now.suspended ? 'suspended' : now.stage,
					afterwards: 'nobody comes in; posts and accounts stay',
					until: new Date(body.until).toISOString(),
					...Object.fromEntries(
						Object.entries(body.why).map(([language, text]) => [`why (${language})`, text]),
					),
				},
			);
		});
	command('resume')
		.description('open a suspended branch again before its time')
		.action((library: string, slug: string, given: Waiting) =>
			operate(library, slug, { kind: 'resume' }, given),
		);
}

interface Suspend extends Waiting {
	readonly until: string;
	readonly why: readonly string[];
	readonly dryRun?: boolean;
}
