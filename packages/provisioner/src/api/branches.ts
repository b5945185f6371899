import type { Door } from '@understory/core/door.ts';
import { NotAllowed } from '@understory/core/errors.ts';
import { unreachable } from '@understory/core/result.ts';
import { askForBackup, askForRestore } from '../services/backups.ts';
import {
	type BranchChange,
	configureBranch,
	createBranch,
	type NewBranch,
	type Opening,
	openBranch,
} from '../services/branches.ts';
import { nameHost, waitForHost } from '../services/hosting.ts';
import { cancelMove, type Moving, moveBranch } from '../services/moving.ts';
import { beginOperation } from '../services/operations.ts';
import { shownReceipt } from '../services/receipts.ts';
import { type Renaming, renameBranch } from '../services/renaming.ts';
import { closeBranch, deleteBranch, type Ending, retireBranch } from '../services/retiring.ts';
import { resumeBranch, type Suspending, suspendBranch } from '../services/suspension.ts';
import { backupsOf } from '../store/backups.ts';
import { branchesOf, conditionsOf } from '../store/branches.ts';
import { type ApiRequest, type ApiResponse, branchOf, libraryOf, pageOf } from './exchange.ts';
import { backupShape, branchShape } from './shapes.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const page = pageOf(request);
	const rows = await branchesOf(request.context.database, library.id, page, request.token.branches);
	const conditions = await conditionsOf(
		request.context.database,
		rows.map((row) => row.id),
	);
	const last = rows.length === page.limit ? rows.at(-1) : undefined;
	const next = last && `/api/v1/libraries/${library.slug}/branches?limit=${page.limit}&after=${last.slug}`;
	return {
		body: { items: rows.map((row) => branchShape(row, conditions.get(row.id) ?? [])) },
		...(next ? { next } : {}),
	};
}

export async function create(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const branch = await createBranch(request.context, library, {
		...(request.body as NewBranch),
		id: request.id,
	});
	return begin(request, 'create', library.id, branch.id);
}

export async function get(request: ApiRequest): Promise<ApiResponse> {
	const { branch } = await branchOf(request);
	const conditions = await conditionsOf(request.context.database, [branch.id]);
	const body = branchShape(branch, conditions.get(branch.id) ?? []);
	return { body };
}

export async function change(request: ApiRequest): Promise<ApiResponse> {
	const { library, branch } = await branchOf(request);
	refuseBeyondLead(request);
	await configureBranch(request.context, branch, request.body as BranchChange, request.token.name);
	return begin(request, 'configure', library.id, branch.id);
}

/** What a branch lead does not change, because it is the library's to say. */
const NOT_FOR_LEADS = ['totals_only', 'proposed_closing'] as const;

function refuseBeyondLead({ token, body }: ApiRequest): void {
	if (token.role !== 'branch_lead') return;
	const beyond = NOT_FOR_LEADS.filter((field) => Object.hasOwn(body as object, field));
	if (beyond.length > 0) throw new NotAllowed(`Library IT changes ${beyond.join(' and ')}.`);
}

export async function operate(request: ApiRequest): Promise<ApiResponse> {
	const { library, branch } = await branchOf(request);
	const { context, body, token } = request;
	const { kind, backup } = body as { kind: BranchAct; backup?: string };
	const asked = { id: request.id, by: token.name };
	switch (kind) {
		case 'open':
			await openBranch(context, branch, body as Partial<Opening>);
			break;
		case 'suspend':
			await suspendBranch(context, library, branch, body as Partial<Suspending>, asked);
			break;
		case 'resume':
			await resumeBranch(context, branch, asked);
			break;
		case 'back_up':
			await askForBackup(context, branch, asked);
			break;
		case 'restore':
			await askForRestore(context, branch, backup, asked);
			break;
		case 'move':
			await moveBranch(context, branch, body as Partial<Moving>, asked);
			break;
		case 'cancel_move':
			await cancelMove(context, branch, asked);
			break;
		case 'host':
			await nameHost(context, library, branch, (body as { door?: Partial<Door> }).door, asked);
			break;
		case 'wait':
			await waitForHost(context, branch, (body as { until?: number }).until, asked);
			break;
		case 'close':
			await closeBranch(context, branch, (body as { successor?: string }).successor, asked);
			break;
		case 'rename':
			await renameBranch(context, library, branch, renamingIn(request), asked);
			break;
		case 'retire':
			await retireBranch(context, branch, body as Partial<Ending>, asked);
			break;
		case 'delete':
			await deleteBranch(context, branch, body as Partial<Ending>, asked);
			break;
		default:
			return unreachable(kind);
	}
	return begin(request, kind, library.id, branch.id);
}

/** A new branch is made for it, which a token of some branches does not reach. */
function renamingIn({ token, body }: ApiRequest): Partial<Renaming> {
	if (token.branches !== null) throw new NotAllowed('This token is for some branches only.');
	return body as Partial<Renaming>;
}

type BranchAct =
	| 'open'
	| 'suspend'
	| 'resume'
	| 'back_up'
	| 'restore'
	| 'move'
	| 'cancel_move'
	| 'host'
	| 'wait'
	| 'close'
	| 'rename'
	| 'retire'
	| 'delete';

export async function backups(request: ApiRequest): Promise<ApiResponse> {
	const { branch } = await branchOf(request);
	return { body: { items: (await backupsOf(request.context.database, branch.id)).map(backupShape) } };
}

export async function receipt(request: ApiRequest): Promise<ApiResponse> {
	const { branch } = await branchOf(request);
	return { body: await shownReceipt(request.context, branch) };
}

async function begin(
	request: ApiRequest,
	kind: string,
	library: string,
	branch: string,
): Promise<ApiResponse> {
	const about = { id: request.id, kind, library, branch, by: request.token.name };
	const id = await beginOperation(request.context, about);
	await request.services.look([branch]);
	return request.services.accepted(id);
}
