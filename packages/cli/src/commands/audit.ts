import type { AuditLine } from '@understory/api-client/api.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { Command } from 'commander';
import { momentOf } from '../moment.ts';
import type { Session } from '../parts.ts';

/** So many lines the platform gives on one page at most. */
const PAGE = 200;

/** `understory audit`: who did what, on the platform or at one library. */
export function auditCommand(program: Command, session: Session): void {
	program
		.command('audit')
		.argument('[library]', 'one library and its branches; the whole platform when none is named')
		.option('--by <part>', 'of those whose name has this in it')
		.option('--what <word>', 'of this act only, in the word that the list has')
		.option('--from <time>', 'from then on, such as 2027-03-05T18:00Z')
		.option('--until <time>', 'before then')
		.option('--limit <number>', 'how many of the newest', '50')
		.option('--all', 'every line, however many there are')
		.description('list who did what, newest first')
		.action(async (library: string | undefined, given: Given) => {
			const most = given.all ? Number.POSITIVE_INFINITY : numberIn(given.limit);
			const query = {
				limit: String(Math.min(most, PAGE)),
				...(given.by !== undefined && { by: given.by }),
				...(given.what !== undefined && { what: given.what }),
				...(given.from !== undefined && { from: String(momentOf(given.from)) }),
				...(given.until !== undefined && { until: String(momentOf(given.until)) }),
			};
			const api = session.api();
			const lines = library
				? api.all('listLibraryAudit', { params: { library }, query })
				: api.all('listAudit', { query });
			session.show(COLUMNS, await newest(lines, most), (line) => ({
				when: new Date(line.at).toISOString().replace('.000Z', 'Z'),
				by: line.by,
				what: line.what,
				state: line.state,
				library: line.library,
				branch: line.branch,
				about: line.problem ?? line.subject,
				operation: line.operation,
			}));
		});
}

const COLUMNS = ['when', 'by', 'what', 'state', 'library', 'branch', 'about', 'operation'] as const;

interface Given {
	readonly by?: string;
	readonly what?: string;
	readonly from?: string;
	readonly until?: string;
	readonly limit: string;
	readonly all?: boolean;
}

function numberIn(limit: string): number {
	if (!/^\d{1,6}$/.test(limit) || Number(limit) < 1)
		throw new BadInput('--limit takes a number from 1 to 999999.');
	return Number(limit);
}

/** The first lines of a list; further pages are asked for only as far as they are wanted. */
async function newest(lines: AsyncIterable<AuditLine>, most: number): Promise<AuditLine[]> {
	const kept: AuditLine[] = [];
	for await (const line of lines) {
		kept.push(line);
		if (kept.length === most) break;
	}
	return kept;
}
