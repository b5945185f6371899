import { CLOCKS_DIFFER, clocksSentence } from '@understory/core/clock.ts';
import type { BranchStatus, RoleKind, StatusReport } from '@understory/core/desired.ts';
import { Malformed, NotAllowed, NotFound, NotSignedIn } from '@understory/core/errors.ts';
import { type Gone, type GoneReport, readGone } from '@understory/core/gone.ts';
import type { KeyDeposit } from '@understory/core/home-keys.ts';
import { readWaiting, type WaitingReport } from '@understory/core/team-list.ts';
import { jsonBody } from '@understory/http/app.ts';
import { verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { bodyDigest, claimedKeyId, verifyRequest } from '@understory/transparency-log/signed-request.ts';
import { type Request, Router } from 'express';
import type { Context } from '../context.ts';
import type { Tally } from '../metrics.ts';
import { readStatus, recordReport } from '../reconcile/status.ts';
import { publishedRegister, publishedVersions } from '../register/publish.ts';
import { enrol } from '../services/enrolment.ts';
import { acceptInvitation } from '../services/invitations.ts';
import type { Services } from '../services/services.ts';
import { teamListFor } from '../services/team-list.ts';
import { roleByKey } from '../store/access.ts';
import { keepGone } from '../store/backups.ts';
import { branchById } from '../store/branches.ts';
import type { BranchRow, RoleRow } from '../store/rows.ts';
import { keepWaiting } from '../store/team-waiting.ts';
import { isUuid } from '../store/uuid.ts';
import { carriages } from './carriages.ts';
import { createEdgeApi } from './edge.ts';
import { signInForBridges } from './internal-sign-in.ts';
import { keyDeposits } from './key-deposits.ts';
import { createRoutesApi } from './routing.ts';
import { secondsToWait, waitForVersion } from './waiting.ts';

const AUDIENCE = 'provisioner';
/** Who follows registers. An edge has no need of what is in them. */
const FOLLOWERS: readonly RoleKind[] = ['home', 'sso-bridge', 'accountability'];
/** The most bytes of what is gone at one branch. */
const MOST_GONE = 32 * 1024 * 1024;
/** The most bytes of what waits for teams at the branches of a home. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/** `/internal/v1`: what the platform's own roles ask, each with its own key (DESIGN 5.1, 5.2). */
export function createInternalApi(context: Context, services: Services, tally: Tally): Router {
	const router = Router();
	router.use('/edge', createEdgeApi(context, tally.asked));

	router.post('/roles', jsonBody(), async (request, response) => {
		const enrolled = await enrol(context, request.body);
		if (request.body.kind === 'home') await services.homeMoved(enrolled.role_id);
		response.json(enrolled);
	});

	router.get('/registers', async (request, response) => {
		await roleOf(context, request, ...FOLLOWERS);
		response.json({ libraries: await publishedVersions(context.database) });
	});

	router.get('/registers/:library', async (request, response) => {
		await roleOf(context, request, ...FOLLOWERS);
		const { library } = request.params;
		const known = request.headers['if-none-match'];
		const wait = secondsToWait(request);
		// Listening begins before the first look, so that nothing is published unheard in between.
		const waiting = waitForVersion(services, request, 'register', library);
		try {
			let register = await publishedRegister(context.database, library!);
			if (register && wait > 0 && known === `"${register.version}"`) {
				await waiting.atMost(wait);
				register = await publishedRegister(context.database, library!);
			}
			if (!register) throw new NotFound('There is no such register.');
			response.setHeader('etag', `"${register.version}"`);
			response.setHeader('cache-control', 'no-store');
			if (known === `"${register.version}"`) response.status(304).end();
			else response.type('json').send(register.document);
		} finally {
			waiting.end();
		}
	});

	router.use(
		'/routes',
		createRoutesApi(context, services, (request) => roleOf(context, request, 'edge')),
	);

	router.post('/status', jsonBody(1_048_576), async (request, response) => {
		const { home, ...report } = await readReport(context, request.body);
		const branches = await recordReport(context, home, report);
		await services.look(branches.map(({ id }) => id));
		for (const library of new Set(branches.map((branch) => branch.library))) services.passed(library);
		response.status(204).end();
	});

	router.post('/gone', jsonBody(MOST_GONE), async (request, response) => {
		const { home, branch, gone } = await readGoneReport(context, request.body);
		const lives = await context
			.database<BranchRow>('branch')
			.where({ id: branch, home: home.id })
			.first('id');
		if (!lives) throw new NotFound('This branch does not live in that home.');
		await keepGone(context.database, branch, gone);
		response.status(204).end();
	});

	router.use(keyDeposits(context, (body, type) => fromHome<KeyDeposit>(context, body, type)));
	router.use(carriages(context, (request, kind) => roleOf(context, request, kind)));
	router.post('/team-waiting', jsonBody(MOST_WAITING_BYTES), async (request, response) => {
		const { home, report } = await fromHome<WaitingReport>(
			context,
			request.body,
			'understory/team-waiting/v1',
		);
		const told = Array.isArray(report.branches) ? report.branches.map(readWaiting) : [null];
		if (!told.every((one) => one !== null && isUuid(one.branch)))
			throw new Malformed('This is not a report of what waits for teams.');
		const { database, clock } = context;
		const taken = await database.transaction((transaction) =>
			keepWaiting(
				transaction,
				home.id,
				told.filter((one) => one !== null),
				clock.now(),
			),
		);
		response.json({ taken });
	});

	router.get('/team-lists/:branch/:staffId', async (request, response) => {
		const home = await roleOf(context, request, 'home');
		const { branch: id, staffId } = request.params;
		const branch = isUuid(id) ? await branchById(context.database, id) : undefined;
		if (branch?.home !== home.id) throw new NotFound('This branch does not live in that home.');
		response.setHeader('cache-control', 'no-store');
		response.json(await teamListFor(context, { branch, staffId: staffId! }));
	});

	router.use(signInForBridges(context, (request, kind) => roleOf(context, request, kind)));

	router.post('/invitations\\:accept', jsonBody(), async (request, response) => {
		await roleOf(context, request, 'sso-bridge');
		const { token, library_id, staff_id } = (request.body ?? {}) as Record<string, unknown>;
		if (
			typeof token !== 'string' ||
			!isUuid(library_id) ||
			typeof staff_id !== 'string' ||
			!staff_id.trim()
		) {
			throw new Malformed('An acceptance names its token, library_id and staff_id.');
		}
		const granted = await acceptInvitation(context, { token, library: library_id, staffId: staff_id });
		await services.libraryChanged(library_id);
		response.json(granted);
	});
	return router;
}

async function roleOf(context: Context, request: Request, ...kinds: RoleKind[]): Promise<RoleRow> {
	const header = request.headers.authorization;
	const claimed = claimedKeyId(header);
	const role = claimed ? await roleByKey(context.database, claimed) : undefined;
	const body: unknown = request.body;
	const genuine =
		role !== undefined &&
		verifyRequest(header, {
			audience: AUDIENCE,
			method: request.method,
			path: request.originalUrl,
			now: context.clock.now(),
			...(body === undefined ? {} : { bodyDigest: bodyDigest(JSON.stringify(body)) }),
			keyById: (id: string) => (id === role.key_id ? { id: role.key_id, publicKey: role.public_key } : null),
		}) !== null;
	if (!genuine) throw new NotSignedIn('This request is not signed by a role of this platform.');
	if (!kinds.includes(role.kind))
		throw new NotAllowed(`Only a role of the kind ${kinds.join(', ')} may ask this.`);
	return role;
}

/** A batch of status, every item in its form, or none of it is taken. */
async function readReport(
	context: Context,
	body: unknown,
): Promise<{ home: RoleRow; issued: number; statuses: BranchStatus[] }> {
	const { home, report } = await fromHome<StatusReport>(context, body, 'understory/status/v1');
	if (!Array.isArray(report.branches)) throw new Malformed('This is not a report of status.');
	const statuses = report.branches.map(readStatus);
	if (statuses.includes(null)) throw new Malformed('A status in this report is not in its form.');
	return { home, issued: Number(report.issued), statuses: statuses.filter((status) => status !== null) };
}

async function readGoneReport(
	context: Context,
	body: unknown,
): Promise<{ home: RoleRow; branch: string; gone: Gone[] }> {
	const { home, report } = await fromHome<GoneReport>(context, body, 'understory/gone/v1');
	const gone = readGone(report.gone);
	if (!isUuid(report.branch) || gone === null) throw new Malformed('This is not a report of what is gone.');
	return { home, branch: report.branch, gone };
}

/** A document of a home: of that type, signed by the home it names, and fresh. */
async function fromHome<T extends { readonly type: string }>(
	context: Context,
	body: unknown,
	type: T['type'],
): Promise<{ home: RoleRow; report: Partial<Record<keyof T, unknown>> }> {
	const report = (body ?? {}) as Partial<Record<string, unknown>>;
	if (report.type !== type || !isUuid(report.home)) throw new Malformed('This is not such a report.');
	const home = await context.database<RoleRow>('role').where({ id: report.home, kind: 'home' }).first();
	if (!home || !verifyDocument(report, [{ id: home.key_id, publicKey: home.public_key }])) {
		throw new NotAllowed('This report is not signed by the home it names.', 'signature');
	}
	if (typeof report.issued !== 'number') throw new Malformed('This is not such a report.');
	const now = context.clock.now();
	if (Math.abs(now - report.issued) > CLOCKS_DIFFER) {
		throw new NotAllowed(`This report is not of now. ${clocksSentence(report.issued, now)}`, 'expired');
	}
	return { home, report: report as Partial<Record<keyof T, unknown>> };
}
