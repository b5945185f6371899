import type { Enrolment, StatusReport } from '@understory/core/desired.ts';
import { Malformed, NotAllowed, NotFound, NotSignedIn } from '@understory/core/errors.ts';
import { jsonBody } from '@understory/http/app.ts';
import { verifyDocument } from '@understory/transparency-log/signed-document.ts';
import { bodyDigest, claimedKeyId, verifyRequest } from '@understory/transparency-log/signed-request.ts';
import { type Request, Router } from 'express';
import type { Context } from '../context.ts';
import { recordStatus } from '../reconcile/actions.ts';
import { publishedRegister, publishedVersions } from '../register/publish.ts';
import { enrol } from '../services/enrolment.ts';
import { acceptInvitation } from '../services/invitations.ts';
import type { Services } from '../services/services.ts';
import { roleByKey } from '../store/access.ts';
import type { BranchRow, RoleRow } from '../store/rows.ts';

const AUDIENCE = 'provisioner';
/** The longest a register is waited for, in seconds. */
const LONGEST_WAIT = 25;

/** `/internal/v1`: what the platform's own roles ask, each with its own key (DESIGN 5.1, 5.2). */
export function createInternalApi(context: Context, services: Services): Router {
	const router = Router();

	router.post('/roles', jsonBody(), async (request, response) => {
		response.json(await enrol(context, request.body as Enrolment));
	});

	router.get('/registers', async (request, response) => {
		await roleOf(context, request);
		response.json({ libraries: await publishedVersions(context.database) });
	});

	router.get('/registers/:library', async (request, response) => {
		await roleOf(context, request);
		const { library } = request.params;
		const known = request.headers['if-none-match'];
		const wait = Math.min(LONGEST_WAIT, Math.max(0, Number(request.query.wait) || 0));
		let register = await publishedRegister(context.database, library!);
		if (register && wait > 0 && known === `"${register.version}"`) {
			await nextVersion(services, library!, wait, request);
			register = await publishedRegister(context.database, library!);
		}
		if (!register) throw new NotFound('There is no such register.');
		response.setHeader('etag', `"${register.version}"`);
		response.setHeader('cache-control', 'no-store');
		if (known === `"${register.version}"`) response.status(304).end();
		else response.type('json').send(register.document);
	});

	router.post('/status', jsonBody(1_048_576), async (request, response) => {
		const report = request.body as StatusReport;
		const home = await context
			.database<RoleRow>('role')
			.where({ id: String(report.home), kind: 'home' })
			.first();
		if (!home || !verifyDocument(report, [{ id: home.key_id, publicKey: home.public_key }])) {
			throw new NotAllowed('This report is not signed by the home it names.', 'signature');
		}
		const own = await context.database<BranchRow>('branch').where({ home: home.id }).select('id', 'library');
		const libraries = new Map(own.map((row) => [row.id, row.library]));
		for (const status of report.branches) {
			const library = libraries.get(status.branch);
			if (!library) continue;
			await recordStatus(context, status);
			await services.look([status.branch]);
			services.passed(library);
		}
		response.status(204).end();
	});

	router.post('/invitations\\:accept', jsonBody(), async (request, response) => {
		await roleOf(context, request, 'sso-bridge');
		const { token, library_id, staff_id } = request.body as Record<string, unknown>;
		if (typeof token !== 'string' || typeof library_id !== 'string' || typeof staff_id !== 'string') {
			throw new Malformed('An acceptance names its token, library_id and staff_id.');
		}
		const granted = await acceptInvitation(context, { token, library: library_id, staffId: staff_id });
		await services.libraryChanged(library_id);
		response.json(granted);
	});
	return router;
}

async function roleOf(context: Context, request: Request, kind?: RoleRow['kind']): Promise<RoleRow> {
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
	if (kind && role.kind !== kind) throw new NotAllowed(`Only a role of the kind ${kind} may ask this.`);
	return role;
}

function nextVersion(services: Services, library: string, seconds: number, request: Request): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			clearTimeout(late);
			services.changes.off('register', changed);
			request.socket.off('close', done);
			resolve();
		};
		const changed = (which: string) => {
			if (which === library) done();
		};
		const late = setTimeout(done, seconds * 1000);
		services.changes.on('register', changed);
		request.socket.once('close', done);
	});
}
