import { randomBytes } from 'node:crypto';
import type { BranchStatus, DesiredBranch } from '@understory/core/desired.ts';
import { PublicError } from '@understory/core/errors.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import type { Context } from '../context.ts';
import { branchRecord, libraryRecord } from '../register/records.ts';
import { hashToken, homes } from '../store/access.ts';
import { findLibrary } from '../store/libraries.ts';
import { neighborhoodsOf } from '../store/neighborhoods.ts';
import { type BranchRow, big, type RoleRow } from '../store/rows.ts';

/** The name of the home that branches share until a library has homes of its own. */
export const SHARED_HOME = 'home-1';
/** How long a signed wish may be carried out, in milliseconds. */
const DESIRED_LIFE = 10 * 60_000;

/** Starts the shared home. It enrols with a one-time token that exists for this start only. */
export async function startHome(context: Context): Promise<void> {
	const token = randomBytes(32).toString('base64url');
	await context.database('enrolment_token').insert({
		hash: hashToken(token),
		kind: 'home',
		expires: context.clock.now() + DESIRED_LIFE,
	});
	context.afterStep('enrolment_token_made');
	await context.driver.start({ name: SHARED_HOME, kind: 'shared', enrolmentToken: token });
	context.afterStep('home_started');
}

/** Writes down which home a branch lives in. Nothing is sent yet. */
export async function chooseHome(context: Context, branch: BranchRow): Promise<void> {
	const home = (await homes(context.database)).find((role) => role.name === SHARED_HOME);
	if (!home) return;
	await context.database('branch').where({ id: branch.id }).whereNull('home').update({ home: home.id });
	context.afterStep('home_chosen');
}

/**
 * Sends the signed wish to the home and writes down what it answered. The answer counts only for the generation that was sent; a wish that
 * changed meanwhile stays behind and is sent again. Throws when the home refuses or does not answer.
 */
export async function sendDesired(context: Context, branch: BranchRow, home: RoleRow): Promise<void> {
	const desired = await desiredOf(context, branch, home);
	const answer = await context.internal.request({
		url: `${home.internal_url}/internal/v1/branches/${branch.id}`,
		method: 'PUT',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(signDocument(desired, context.platformKey)),
		timeoutMs: 20_000,
	});
	context.afterStep('desired_sent');
	if (answer.status !== 200) {
		throw new PublicError(502, 'home_refused', `The home answered ${answer.status}.`, {
			detail: `status ${answer.status}`,
		});
	}
	await recordStatus(context, JSON.parse(answer.body.toString('utf8')) as BranchStatus);
	context.afterStep('status_recorded');
}

/** Takes over what a home says of a branch; an older generation than the one recorded says nothing new. */
export async function recordStatus(context: Context, status: BranchStatus): Promise<void> {
	await context
		.database('branch')
		.where({ id: status.branch })
		.where('observed_generation', '<=', status.generation)
		.where('generation', '>=', status.generation)
		.update({
			observed_generation: status.generation,
			branch_key: JSON.stringify(status.branch_key),
			consents: JSON.stringify(status.consents),
			observed_state: status.state,
			observed_message: status.message,
		});
}

async function desiredOf(context: Context, branch: BranchRow, home: RoleRow): Promise<DesiredBranch> {
	const library = await findLibrary(context.database, branch.library);
	const all = await neighborhoodsOf(context.database, branch.library);
	const standing = all.filter(({ branches }) => branches.has(branch.id));
	const issued = context.clock.now();
	return {
		type: 'understory/desired-branch/v1',
		home: home.id,
		generation: big(branch.generation),
		issued,
		expires: issued + DESIRED_LIFE,
		library: libraryRecord(library!),
		branch: branchRecord(
			branch,
			standing.map(({ row }) => row.id),
		),
		neighborhoods: standing.map(({ row }) => ({ id: row.id, roster_url: row.url, charter: row.charter })),
	};
}
