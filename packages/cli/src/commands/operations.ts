import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { follow, showOperation } from '../progress.ts';
import { watchBranches } from './watch.ts';

/** What the ids of operations look like; no library has such a name. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `understory watch`: of branches, or of an operation; `understory operation cancel` and `resume`. */
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
	const operation = program.command('operation').description('cancel an operation, or go on with an import');
	operation
		.command('cancel')
		.argument('<operation>')
		.description('cancel an operation where that is possible, or say why not')
		.action(async (id: string) => {
			showOperation(session, await session.api().call('cancelOperation', { params: { operation: id } }));
		});
	operation
		.command('resume')
		.argument('<operation>', 'an import that was cancelled')
		.option('--no-wait', 'do not wait until it is carried out')
		.description('go on with an import that was cancelled')
		.action(async (id: string, { wait }: { wait: boolean }) => {
			const api = session.api();
			await follow(session, api, await api.call('resumeOperation', { params: { operation: id } }), wait);
		});
}
