import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { follow, showOperation } from '../progress.ts';
import { watchBranches } from './watch.ts';

/** What the ids of operations look like; no library has such a name. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `understory watch`: of branches, or of an operation. */
export function operationCommands(program: Command, session: Session): void {
	program
		.command('watch')
		.argument('<what>', 'a library, a branch as library/branch, or an operation')
		.option('--no-wait', 'of an operation: look once')
		.option('--until <ready>', 'of branches: end when everything that is wanted of them is carried out')
		.description('follow what changes about branches until you stop it, or an operation until it has ended')
		.action(async (what: string, { wait, until }: { wait: boolean; until?: string }) => {
			if (!UUID.test(what)) return watchBranches(session, what, until);
			const api = session.api();
			const now = await api.call('getOperation', { params: { operation: what } });
			if (wait) await follow(session, api, now, true);
			else showOperation(session, now);
		});
}
