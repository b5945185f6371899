import { PublicError } from '@understory/core/errors.ts';
import { silentLog } from '@understory/core/log.ts';
import { createDesign } from '@understory/design/design.ts';
import { createOutgoing } from '@understory/outgoing/outgoing.ts';
import { createBranchFolder } from '../src/folder.ts';
import { openBranch } from '../src/open-branch.ts';
import { createBranchViews } from '../src/views.ts';

// Tries to open a folder, and to make one beside it, as a user who may only read there; says how it was refused.
const [folder = '', homeKey = ''] = process.argv.slice(2);
const parts = {
	clock: { now: () => 0 },
	log: silentLog,
	outgoing: createOutgoing({ town: true }),
	views: createBranchViews(createDesign()),
	homeKey: Buffer.from(homeKey, 'hex'),
	registerView: () => null,
	settings: { town: true },
};
const refusal = async (act: () => Promise<unknown>) => {
	try {
		await act();
		return 'done';
	} catch (error) {
		return error instanceof PublicError ? error.code : String(error);
	}
};
const desired = {
	branch: { id: 'x', origin: 'http://x.localhost', epoch: 1 },
	library: { id: 'l' },
} as never;
const opened = await refusal(() => openBranch(folder, parts));
const made = await refusal(() => createBranchFolder(`${folder}/inside`, desired, parts));
process.stdout.write(JSON.stringify({ opened, made }));
