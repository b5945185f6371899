import { randomBytes } from 'node:crypto';
import type { DesiredBranch } from '@understory/core/desired.ts';
import { PublicError } from '@understory/core/errors.ts';
import { signDocument } from '@understory/transparency-log/signed-document.ts';
import type { Context } from '../context.ts';
import { branchRecord, libraryRecord } from '../register/records.ts';
import { makeEnrolmentToken } from '../services/enrolment.ts';
import { placeBranch, roleOfHome, specOfHome } from '../store/homes.ts';
import { findLibrary } from '../store/libraries.ts';
import { neighborhoodsOf } from '../store/neighborhoods.ts';
import { type BranchRow, big, type RoleRow } from '../store/rows.ts';
import { isBeingUpgraded } from '../store/upgrades.ts';
import { readStatus, recordStatus } from './status.ts';

/** How long a signed wish may be carried out, in milliseconds. */
export const DESIRED_LIFE = 10 * 60_000;

/** Writes down which home a branch is to live in. Nothing is started or sent yet. */
export async function chooseHome(context: Context, branch: BranchRow): Promise<void> {
	const { driver, database, clock, branchesInHome } = context;
	const library = await findLibrary(database, branch.library);
	await placeBranch(database, branch, {
		most: branchesInHome,
		now: clock.now(),
		namespaceIn: async (cell) => (await driver.namespaceFor?.(library!.slug, cell)) ?? null,
	});
	context.afterStep('home_chosen');
}

/**
 * Starts a home, with what it ran well with last. It enrols with a one-time token that exists for this start only and lets in nobody of another name.
 * While an upgrade is at the home that is who brings it up, or back.
 */
export async function startHome(context: Context, name: string): Promise<void> {
	if (await isBeingUpgraded(context.database, name)) return;
	const token = randomBytes(32).toString('base64url');
	await makeEnrolmentToken(context, { kind: 'home', name }, token, DESIRED_LIFE);
	context.afterStep('enrolment_token_made');
	const spec = await specOfHome(context.database, name);
	if (!spec) throw new Error(`no home has the name ${name}`);
	await context.driver.start({ ...spec, enrolmentToken: token });
	context.afterStep('home_started');
}

/** Writes down as which role the home of a branch enrolled; it stays that one, because the branch's folder is with its keys. */
export async function enterHome(context: Context, branch: BranchRow): Promise<void> {
	const role = branch.place === null ? undefined : await roleOfHome(context.database, branch.place);
	if (!role) return;
	await context
		.database('branch')
		.where({ id: branch.id, place: branch.place })
		.whereNull('home')
		// Nobody wants it served any more: it was listed again meanwhile.
		.whereNot('stage', 'listed')
		.update({ home: role.id });
	context.afterStep('home_entered');
}

/**
 * Sends the signed wish to the home and writes down what it answered. The answer counts only for the generation that was sent; a wish that
 * changed meanwhile stays behind and is sent again. Throws when the home refuses or does not answer.
 */
export async function sendDesired(context: Context, branch: BranchRow, home: RoleRow): Promise<void> {
	const desired = await desiredOf(context, branch, home);
	const answer = await tellHome(context, home, `branches/${branch.id}`, desired);
	context.afterStep('desired_sent');
	const status = readStatus(answer);
	if (status?.branch !== branch.id || status.generation !== desired.generation) {
		throw new HomeRefused('The home answered with something that is not the status of this branch.', 200);
	}
	await recordStatus(context, home.id, status);
	context.afterStep('status_recorded');
}

/** Sends a signed document to the internal port of a home, and answers with what it says. Throws `HomeRefused`, and what the client throws. */
export async function tellHome(
	context: Context,
	home: RoleRow,
	path: string,
	document: object,
): Promise<unknown> {
	const answer = await context.internal.request({
		url: `${home.internal_url}/internal/v1/${path}`,
		method: 'PUT',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(signDocument(document, context.platformKey)),
		timeoutMs: 20_000,
	});
	if (answer.status !== 200) {
		const sentence = `The home answered ${answer.status}${titleIn(answer.body)}.`;
		throw new HomeRefused(sentence, answer.status, codeIn(answer.body));
	}
	return jsonIn(answer.body);
}

/** A home that answered, but did not do what was wanted. Its message is a sentence for library IT. */
export class HomeRefused extends PublicError {
	/** The code the home gave, when it gave one. */
	readonly theirs: string | null;
	constructor(sentence: string, status: number, theirs: string | null = null) {
		super(502, 'home_refused', sentence, { detail: `status ${status}` });
		this.theirs = theirs;
	}
}

function jsonIn(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString('utf8'));
	} catch (error) {
		if (error instanceof SyntaxError) return null;
		throw error;
	}
}

/** What the home's problem document says, when it sent one. */
function titleIn(body: Buffer): string {
	const { title } = (jsonIn(body) ?? {}) as { title?: unknown };
	return typeof title === 'string' ? `: ${title.slice(0, 200).replace(/\.$/, '')}` : '';
}

function codeIn(body: Buffer): string | null {
	const { code } = (jsonIn(body) ?? {}) as { code?: unknown };
	return typeof code === 'string' ? code : null;
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
