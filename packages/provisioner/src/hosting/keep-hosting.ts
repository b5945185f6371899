import {
	coveredUntil,
	HOSTING_DAYS,
	type HostingFacts,
	type HostingStep,
	hostingStep,
} from '@understory/core/hosting.ts';
import type { Context } from '../context.ts';
import { actOnBranch } from '../services/act-on-branch.ts';
import { setConditions, type ToldCondition } from '../store/branches.ts';
import type { Database } from '../store/database.ts';
import { type HostingRow, hostingRows, noteHostedUntil } from '../store/hosting.ts';
import { type BranchRow, big } from '../store/rows.ts';
import { hosted } from './hosted.ts';

/** Who does what follows from a rota alone. */
export const ROTA = 'the rota';
/** Somebody whom the home does not answer for so long reads nothing, in milliseconds: a day. */
const SILENT = 86_400_000;
/** So many conditions go into one statement. */
const TOLD_AT_ONCE = 1_000;

/** What each step is called as an operation and in the audit. */
const NAMES: Record<HostingStep['act'], { readonly kind: string; readonly audit: string }> = {
	announce: { kind: 'announce_quiet', audit: 'unhosted' },
	quiet: { kind: 'quiet', audit: 'quieted' },
	close: { kind: 'close', audit: 'closing' },
	put_off: { kind: 'wait', audit: 'put_off' },
	return: { kind: 'host', audit: 'hosted' },
};

/**
 * Does what follows now from who hosts each branch, one step a branch, and says of each whether it is `Hosted`. Each step is one transaction with its operation and its line of the
 * audit, decided again under the branch's lock; so it is done once, wherever the process ends. Returns what has to be looked at and published.
 */
export async function keepHosting(context: Context): Promise<{ branches: string[]; libraries: string[] }> {
	const { database, clock } = context;
	const branches: string[] = [];
	const libraries = new Set<string>();
	const rows = await hostingRows(database);
	for (const row of rows) {
		const facts = factsOf(row, clock.now());
		if (row.door !== null && facts.until !== (row.hosted_until === null ? null : big(row.hosted_until))) {
			await noteHostedUntil(database, row.id, facts.until);
			libraries.add(row.library);
		}
		const step = hostingStep(facts, clock.now());
		if (step === null) continue;
		await carryOut(context, row.id, step.act);
		branches.push(row.id);
		libraries.add(row.library);
	}
	await tellHosted(context, branches.length > 0 ? await hostingRows(database) : rows);
	return { branches, libraries: [...libraries] };
}

async function carryOut(context: Context, branch: string, act: HostingStep['act']): Promise<void> {
	const asked = { id: context.randomId(), by: ROTA, ...NAMES[act] };
	await actOnBranch(context, branch, asked, async (transaction) => {
		const [row] = await hostingRows(transaction as Database, branch);
		const now = context.clock.now();
		const step = row ? hostingStep(factsOf(row, now), now) : null;
		if (row === undefined || step?.act !== act) return null;
		context.log.warn('branch_hosting', { branch, job: act });
		return changeFor(step);
	});
}

/** What a step changes of a branch. */
export function changeFor(step: HostingStep): Partial<BranchRow> {
	switch (step.act) {
		case 'return':
			return { unhosted: null, stage: 'open', successor: null };
		case 'quiet':
			return { unhosted: step.plan, stage: 'quiet' };
		case 'close':
			return { unhosted: step.plan, stage: 'closing' };
		default:
			return { unhosted: step.plan };
	}
}

/** What is known of a branch, as the rules ask for it. */
export function factsOf(row: HostingRow, now: number): HostingFacts {
	const { stage, unhosted: plan, door, zone, roles_end } = row;
	const roles = roles_end === null ? [] : [roles_end === 'Infinity' ? null : Number(roles_end)];
	const amiss = row.amiss_since === null ? null : big(row.amiss_since);
	return {
		stage,
		plan,
		until: coveredUntil(door, { zone, roles }),
		shown: row.served ? 'now' : amiss !== null && now - amiss >= SILENT ? 'silent' : 'not_yet',
		days: row.days ?? HOSTING_DAYS,
	};
}

/** Writes down what changed. That nobody hosts a branch is told to whoever reads the log, once. */
async function tellHosted(context: Context, rows: readonly HostingRow[]): Promise<void> {
	const { database, clock, log } = context;
	const now = clock.now();
	const told = rows.flatMap((row): { branch: HostingRow; condition: ToldCondition }[] => {
		const facts = factsOf(row, now);
		// A door that names no end, where nobody has a role, says nothing about the day.
		const isKnown = row.door !== null && (facts.until !== null || row.roles_end !== null);
		if (row.reason === null && !isKnown) return [];
		const condition = hosted({ ...facts, zone: row.zone }, now);
		if (
			row.reason === condition.reason &&
			row.message === condition.message &&
			row.told_of === row.generation
		)
			return [];
		if (condition.status === 'False' && row.status !== 'False')
			log.error('branch_not_hosted', { branch: row.id });
		return [{ branch: row, condition }];
	});
	for (let at = 0; at < told.length; at += TOLD_AT_ONCE)
		await setConditions(database, told.slice(at, at + TOLD_AT_ONCE), now);
}
