import type { Branch } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { branchActs, type Waiting } from './branch-acts.ts';

/** `understory branch rename`. */
export function renameCommand(branch: Command, session: Session): void {
	const { command, operate } = branchActs(branch, session);
	command('rename')
		.argument('<slug>', 'its new name in addresses')
		.option('--name <name>', 'its name for people; as before when nothing is said')
		.option('--host <name>', 'who hosts it under the new name; as before when nothing is said')
		.option('--deputy <name>', 'who answers when the host is away')
		.option('--dry-run', 'show what would be done, and do nothing')
		.description(
			'give a branch another name in addresses: a new one is made, and this one closes and goes on there',
		)
		.action(async (library: string, from: string, slug: string, given: Given) => {
			const now = await session.api().call('getBranch', { params: { library, branch: from } });
			const body = {
				kind: 'rename' as const,
				slug,
				...(given.name && { name: given.name }),
				...doorOf(given, now),
			};
			if (!given.dryRun) return operate(library, from, body, given);
			session.showOne(body, { branch: from, as: slug, name: given.name ?? now.name, ...planOf(now, slug) });
		});
}

interface Given extends Waiting {
	readonly name?: string;
	readonly host?: string;
	readonly deputy?: string;
	readonly dryRun?: boolean;
}

/** The door of now with who is named anew; a last day of before is not theirs. */
function doorOf({ host, deputy }: Given, { slug, door }: Branch) {
	if (!host && !deputy) return {};
	if (door === null) throw new BadInput(`${slug} was not opened yet: that is where its first host is named.`);
	return { door: { ...door, ...(host && { host, until: null }), ...(deputy && { deputy }) } };
}

function planOf({ stage, name }: Branch, slug: string): Readonly<Record<string, string>> {
	if (stage === 'listed') return { done: `it gets the name, since nothing answers at its address yet` };
	const made = `${slug} is made, with its settings, place, rules, door and roles`;
	return stage === 'unopened'
		? {
				first: made,
				afterwards: `${name} is closed for good, since nobody was ever in; its address leads there`,
			}
		: {
				first: made,
				afterwards: `${name} is announced to close and to go on there; its people move themselves`,
			};
}
