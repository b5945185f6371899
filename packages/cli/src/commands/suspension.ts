import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
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
				until: timeIn(given.until),
				why: Object.fromEntries(given.why.map(inLanguage)),
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

/** A moment with its zone: without one, it would be another at the library than where the command runs. */
function timeIn(text: string): number {
	const at = /(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
	if (Number.isNaN(at)) throw new BadInput(`${text} is no time such as 2027-03-05T18:00Z.`);
	return at;
}

function inLanguage(text: string): [language: string, text: string] {
	const [, language, why] = /^([a-z]{2,3}(?:-[A-Za-z0-9]+)*)=(.*)$/s.exec(text) ?? [];
	if (language === undefined || why === undefined) throw new BadInput(`Write --why en="…", not "${text}".`);
	return [language, why];
}
