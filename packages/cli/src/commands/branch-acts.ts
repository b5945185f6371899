import type { NewBranchOperation } from '@understory/api-client/api.ts';
import type { Command } from 'commander';
import type { Session } from '../parts.ts';
import { follow } from '../progress.ts';

export interface Waiting {
	readonly wait: boolean;
}

/** What the acts on one branch have in common: their words, and that they are operations which are waited for. */
export function branchActs(branch: Command, session: Session) {
	return {
		command: (name: string) =>
			branch
				.command(name)
				.argument('<library>')
				.argument('<branch>')
				.option('--no-wait', 'do not wait until it is carried out'),
		async operate(library: string, slug: string, body: NewBranchOperation, { wait }: Waiting): Promise<void> {
			const api = session.api();
			const begun = await api.call('startBranchOperation', { params: { library, branch: slug }, body });
			await follow(session, api, begun, wait);
		},
	};
}
