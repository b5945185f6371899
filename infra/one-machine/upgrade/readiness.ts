import { setTimeout as pause } from 'node:timers/promises';
import type { Send } from '@understory/api-client/send.ts';
import { askInside } from '@understory/cli/doctor/machine/ask-inside.ts';
import { branchesHere } from '@understory/cli/doctor/machine/branches-here.ts';
import type { Installation } from '@understory/cli/doctor/machine/installation.ts';
import { meansOfThisMachine } from '@understory/cli/doctor/machine/means.ts';
import { checkProcesses } from '@understory/cli/doctor/machine/processes.ts';
import type { OpenBranch } from './journal.ts';

/** Milliseconds between two looks. */
const LOOK_AGAIN = 500;

/** Branches of this machine whose folders open now. */
export async function openBranches(here: Installation, send: Send): Promise<OpenBranch[]> {
	const all = here.homes === null ? [] : branchesHere(here.homes);
	const known = all.map(({ home, desired }) => ({ home, branch: desired.branch.id }));
	const open = await Promise.all(known.map((one) => opens(here, one, send)));
	return known.filter((_, index) => open[index]);
}

/**
 * Waits until each role and home is ready and each of these branches opens its folder, at most so long. Answers with what is not so by then, in sentences;
 * with none when all is well. `look` reads the installation anew.
 */
export async function waitUntilServing(
	look: () => Installation,
	branches: readonly OpenBranch[],
	patienceMs: number,
	send: Send,
): Promise<string[]> {
	const until = performance.now() + patienceMs;
	for (;;) {
		const wrong = await missing(look(), branches, send);
		if (wrong.length === 0 || performance.now() > until) return wrong;
		await pause(LOOK_AGAIN);
	}
}

async function missing(here: Installation, branches: readonly OpenBranch[], send: Send): Promise<string[]> {
	const means = { ...meansOfThisMachine({ now: () => Date.now(), backupDays: 1, freeBytes: 1 }), send };
	const faults = await checkProcesses(here, means);
	if (faults.length > 0) return faults.map(({ where, wrong }) => `${where}: ${wrong}`);
	const wrong: string[] = [];
	for (const one of branches)
		if (!(await opens(here, one, send)))
			wrong.push(`Branch ${one.branch} of ${one.home} does not open its folder.`);
	return wrong;
}

/** The home opens the folder to answer this, which it refuses with a schema that it does not know. */
async function opens(here: Installation, { home, branch }: OpenBranch, send: Send): Promise<boolean> {
	const process = here.processes.find(({ name }) => name === home);
	if (!process) return false;
	const answer = await askInside(send, `${process.url}/internal/v1/branches/${branch}/open`);
	return answer?.status === 204;
}
