import type { Branch, Door, NewBranchOperation } from '@understory/api-client/api.ts';
import { dateIn, isDay, momentIn } from '@understory/core/calendar.ts';
import { BadInput } from '@understory/core/errors.ts';
import { putOff } from '@understory/core/hosting.ts';
import type { Stage } from '@understory/core/stage.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import type { Row } from '../table.ts';
import { branchActs, type Waiting } from './branch-acts.ts';

/** `understory branch hosting`: who hosts a branch, what comes when nobody does, and the two ways to stop that. */
export function hostingCommands(branch: Command, session: Session): void {
	const { command, operate } = branchActs(branch, session);
	command('hosting')
		.option('--host <name>', 'somebody was found: who hosts it from now on; what is not said stays as it is')
		.option('--deputy <name>', 'who answers when the host is away')
		.option('--place <text>', 'where the host is found')
		.option('--until <day>', 'the last day for which that is settled, such as 2027-03-05; or none')
		.option('--put-off <day>', 'nobody was found yet: what is announced waits until that day')
		.option('--dry-run', 'show what would be done, and do nothing')
		.description('show who hosts a branch and what comes when nobody does; name somebody, or wait')
		.action(async (library: string, slug: string, given: Given) => {
			const api = session.api();
			const { zone } = await api.call('getLibrary', { params: { library } });
			const now = await api.call('getBranch', { params: { library, branch: slug } });
			const body = bodyOf(given, now, zone);
			if (body === null)
				return session.showOne({ branch: slug, door: now.door, ...now.hosting }, rowOf(now, zone));
			if (!given.dryRun) return operate(library, slug, body, given);
			session.showOne(
				{ branch: slug, ...body },
				{ branch: slug, now: now.stage, ...planOf(now, body, zone) },
			);
		});
}

interface Given extends Waiting {
	readonly host?: string;
	readonly deputy?: string;
	readonly place?: string;
	readonly until?: string;
	readonly putOff?: string;
	readonly dryRun?: boolean;
}

/** What is asked for; null when it is only to be shown. */
function bodyOf(given: Given, { slug, door }: Branch, zone: string): NewBranchOperation | null {
	const { host, deputy, place, until, putOff: later } = given;
	const settles = [host, deputy, place, until].some((said) => said !== undefined);
	if (later !== undefined) {
		if (settles) throw new BadInput('Say --put-off, or who hosts it.');
		return { kind: 'wait', until: momentIn(zone, dayIn(later), '00:00')! };
	}
	if (!settles) return null;
	if (door === null) throw new BadInput(`${slug} was not opened yet: that is where its first host is named.`);
	const last = until === undefined ? (door.until ?? null) : until === 'none' ? null : dayIn(until);
	const named = { ...(host ? { host } : {}), ...(deputy ? { deputy } : {}), ...(place ? { place } : {}) };
	return { kind: 'host', door: { ...door, ...named, until: last } };
}

function dayIn(text: string): string {
	if (!isDay(text)) throw new BadInput(`${text} is no day such as 2027-03-05.`);
	return text;
}

function rowOf({ slug, stage, door, hosting, conditions }: Branch, zone: string): Row {
	return {
		branch: slug,
		stage,
		host: door?.host ?? null,
		deputy: door?.deputy ?? null,
		'settled up to': hosting.until === null ? null : dateIn(zone, hosting.until - 1),
		...daysOf(hosting.unhosted, zone),
		hosted: conditions.find(({ type }) => type === 'Hosted')?.message ?? null,
	};
}

/** The moments of a plan as days of the library. */
function daysOf(plan: Branch['hosting']['unhosted'], zone: string): Row {
	if (plan === null) return {};
	const { quiet, closing, over } = plan;
	return {
		'quiet, not before': dateIn(zone, quiet),
		'announced to close, not before': dateIn(zone, closing),
		'may be closed for good, not before': dateIn(zone, over),
	};
}

function planOf({ stage, hosting: { unhosted } }: Branch, body: NewBranchOperation, zone: string): Row {
	if (body.kind === 'wait')
		return { afterwards: stage, ...daysOf(unhosted && putOff(stage as Stage, unhosted, body.until!), zone) };
	const { host, deputy, until } = body.door as Door;
	return {
		afterwards: unhosted === null ? stage : 'open',
		...{ host, deputy },
		'settled up to': until ?? 'no end is known',
	};
}
