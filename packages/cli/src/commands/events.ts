import type { Event } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import type { Row } from '../table.ts';

const COLUMNS = ['when', 'condition', 'was', 'is', 'times', 'generation', 'says'] as const;

/** `understory branch events`: how the conditions of a branch changed. */
export function eventsCommand(branch: Command, session: Session): void {
	branch
		.command('events')
		.argument('<library>')
		.argument('<branch>')
		.option('--limit <number>', 'how many of the newest', '50')
		.description('list what changed about a branch, from which condition to which, and why')
		.action(async (library: string, slug: string, { limit }: { limit: string }) => {
			if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 200)
				throw new BadInput('--limit takes a number from 1 to 200.');
			const said = { params: { library, branch: slug }, query: { limit } };
			const { items } = await session.api().call('listBranchEvents', said);
			session.show(COLUMNS, items.toReversed(), eventRow);
		});
}

/** One event as a line of a table. */
export function eventRow(event: Event): Row {
	return {
		when: new Date(event.last_time).toISOString().replace('.000Z', 'Z'),
		condition: event.condition,
		was: event.from === null ? null : stateOf(event.from),
		is: stateOf(event),
		times: event.times,
		generation: event.observed_generation,
		says: event.message,
	};
}

/** A condition in a word or two, such as `False (HomeAbsent)`. */
export function stateOf({ status, reason }: { readonly status: string; readonly reason: string }): string {
	return `${status} (${reason})`;
}
