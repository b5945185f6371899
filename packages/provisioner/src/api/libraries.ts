import { isZone } from '@understory/core/calendar.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { HostingDays } from '@understory/core/hosting.ts';
import type { WitnessRecord } from '@understory/core/register.ts';
import type { ImportFile } from '../imports/read-file.ts';
import { type BackupSchedule, faultsOfSchedule } from '../schedule/backup-schedule.ts';
import { faultsOfHostingDays } from '../services/hosting.ts';
import { askForImport, startPreview, wholeFile } from '../services/imports.ts';
import type { NewLibrary } from '../services/libraries.ts';
import { createLibrary } from '../services/libraries.ts';
import { askWhatIsStored } from '../services/stored.ts';
import { findLibrary, listLibraries } from '../store/libraries.ts';
import { faultsOfHours, type Window } from '../upgrade/waves.ts';
import { type ApiRequest, type ApiResponse, libraryOf, pageOf, refuseLibraryTokens } from './exchange.ts';
import { libraryShape } from './shapes.ts';
import { faultsOfWatches, faultsOfWitnesses } from './witness-faults.ts';

export async function list(request: ApiRequest): Promise<ApiResponse> {
	const page = pageOf(request);
	const { library } = request.token;
	const rows = library
		? [await findLibrary(request.context.database, library)].flatMap((row) => row ?? [])
		: await listLibraries(request.context.database, page);
	const last = rows.length === page.limit ? rows.at(-1) : undefined;
	const next = last && `/api/v1/libraries?limit=${page.limit}&after=${last.slug}`;
	return { body: { items: rows.map(libraryShape) }, ...(next ? { next } : {}) };
}

export async function create(request: ApiRequest): Promise<ApiResponse> {
	const row = await createLibrary(request.context, {
		...(request.body as NewLibrary),
		id: request.id,
	});
	await request.services.libraryChanged(row.id);
	return { body: libraryShape(row), location: `/api/v1/libraries/${row.slug}` };
}

export async function get(request: ApiRequest): Promise<ApiResponse> {
	return { body: libraryShape(await libraryOf(request)) };
}

export async function change(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const wanted = request.body as {
		name?: string;
		zone?: string;
		phone?: string | null;
		card_digits?: number | null;
		witnesses?: WitnessRecord[];
		watches?: string[];
		backup_schedule?: BackupSchedule | null;
		hosting_days?: HostingDays | null;
		upgrade_hours?: Window | null;
	};
	const faults = [
		...(wanted.name === undefined || wanted.name.trim()
			? []
			: [{ field: 'name', text: 'Write the name of the library.' }]),
		...(wanted.zone === undefined || isZone(wanted.zone)
			? []
			: [{ field: 'zone', text: 'Write a time zone such as America/Los_Angeles.' }]),
	];
	faults.push(
		...faultsOfWitnesses(wanted.witnesses ?? []),
		...faultsOfWatches(wanted.watches ?? []),
		...faultsOfSchedule(wanted.backup_schedule),
		...faultsOfHostingDays(wanted.hosting_days),
		...faultsOfHours('upgrade_hours', wanted.upgrade_hours ?? null),
	);
	if (faults.length > 0) throw new BadInput('This change cannot be made as it stands.', faults);
	const { witnesses, watches, backup_schedule, hosting_days, upgrade_hours, ...plain } = wanted;
	const fields = {
		...plain,
		...(witnesses ? { witnesses: JSON.stringify(witnesses) } : {}),
		...(watches ? { watches: JSON.stringify(watches) } : {}),
		...(backup_schedule === undefined
			? {}
			: { backup_schedule: backup_schedule && JSON.stringify(backup_schedule) }),
		...(hosting_days === undefined ? {} : { hosting_days: hosting_days && JSON.stringify(hosting_days) }),
		...(upgrade_hours === undefined ? {} : { upgrade_hours: upgrade_hours && JSON.stringify(upgrade_hours) }),
	};
	if (Object.keys(fields).length > 0)
		await request.context.database('library').where({ id: library.id }).update(fields);
	await request.services.libraryChanged(library.id, { resend: true });
	return { body: libraryShape((await findLibrary(request.context.database, library.id))!) };
}

export async function operate(request: ApiRequest): Promise<ApiResponse> {
	const library = await libraryOf(request);
	const { name } = request.token;
	const { kind } = request.body as { kind: 'provision' | 'privacy_report' };
	const operation =
		kind === 'provision'
			? await request.services.provisionLibrary(library, name)
			: await askWhatIsStored(request.context, library, name);
	return request.services.accepted(operation);
}

/** A library's own file: rows of others are refused, and nothing of them is told; else as for the platform. */
export async function importBranches(request: ApiRequest): Promise<ApiResponse> {
	const { id } = await libraryOf(request);
	return takeIn(request, { only: null, of: id });
}

/** With `dry_run` what taking in a file would do; with the digest of such a preview the same for good, and refused when it would not be the same. */
export async function importFile(request: ApiRequest): Promise<ApiResponse> {
	refuseLibraryTokens(request);
	return takeIn(request, { only: request.query.library?.split(',').filter(Boolean) ?? null });
}

async function takeIn(request: ApiRequest, about: Omit<ImportFile, 'bytes'>): Promise<ApiResponse> {
	const { query, token } = request;
	if (![undefined, 'true', 'false'].includes(query.dry_run))
		throw new BadInput('Say dry_run=true, or nothing.', [{ field: 'dry_run', text: 'true or false.' }]);
	const file = { bytes: await wholeFile(request.stream), ...about };
	return request.asOne(async ({ context, services }) => {
		if (query.dry_run === 'true') return services.accepted(await startPreview(context, file, token.name));
		const operation = await askForImport(context, { ...file, digest: query.digest ?? null }, token.name);
		services.goOnImporting();
		return services.accepted(operation);
	});
}
