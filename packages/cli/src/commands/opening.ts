import type { NewBranchOperation } from '@understory/api-client/api.ts';
import type { Command } from 'commander';
import { readJsonObject } from '../json-file.ts';
import type { Session } from '../parts.ts';
import { branchActs, type Waiting } from './branch-acts.ts';

/** `understory branch open`. */
export function openCommand(branch: Command, session: Session): void {
	const { command, operate } = branchActs(branch, session);
	command('open')
		.argument('<file>', 'as JSON: door (host, place, hours, deputy), policies, appeal_partner')
		.description('open a branch; what is missing for that is named')
		.action(async (library: string, slug: string, file: string, given: Waiting) => {
			const opening = await readJsonObject(session, file);
			await operate(library, slug, { ...opening, kind: 'open' } satisfies NewBranchOperation, given);
		});
}
