import { PublicError } from '@understory/core/errors.ts';
import type { Provisioner } from '@understory/provisioner/provisioner.ts';
import { askForImport, wholeFile } from '@understory/provisioner/services/imports.ts';
import { openBranch } from '@understory/provisioner/services/branches.ts';
import { allowedNetworks, allowNetwork, endNetwork } from '@understory/provisioner/services/catalogue-networks.ts';
import { writeContact } from '@understory/provisioner/services/contacts.ts';
import { invite } from '@understory/provisioner/services/invitations.ts';
import type { SsoBridge } from '@understory/sso-bridge/sso-bridge.ts';
import { type Catalogue, startCatalogues } from '../catalogues.ts';
import type { SampleProgress } from './progress.ts';
import { SAMPLE_COUNCIL, SAMPLE_HOSTS, sampleFiles } from './sample.ts';

type Library = Awaited<ReturnType<Provisioner['directory']['bySource']>>[number];

interface SampleTown {
	readonly provisioner: Provisioner;
	readonly bridge: SsoBridge;
	readonly catalogues: Map<string, Catalogue>;
	readonly progress: SampleProgress;
	settle(): Promise<void>;
}

/**
 * Brings the sample up: imports the systems that are asked for, provisions their branches, opens three at each library with invented hosts,
 * who accept their invitations with their own demo cards. What an earlier start has finished stays as people have made it since; what it
 * only began is finished.
 */
export async function openSample(town: SampleTown, keys: readonly string[]): Promise<void> {
	const { provisioner, catalogues, progress } = town;
	const unfinished = keys.filter((key) => !progress.of(key)?.done);
	if (unfinished.length > 0) await importSample(provisioner, unfinished);
	const libraries = await provisioner.directory.bySource(keys);
	// Also for those of an earlier start that are not asked for now: their patrons still have cards.
	const earlier = (await provisioner.directory.running()).filter(({ library }) => library.source_key !== null);
	const all = new Map([...libraries, ...earlier.map(({ library }) => library)].map((one) => [one.slug, one]));
	await startCatalogues([...all.keys()], catalogues);
	for (const library of all.values()) await allowCatalogue(provisioner, library, catalogues.get(library.slug)!);
	const begun = libraries.filter(({ source_key }) => unfinished.includes(source_key ?? ''));
	for (const library of begun) await provisioner.services.provisionLibrary(library, 'sample');
	await town.settle();
	for (const { id, source_key } of begun) await openSome(town, id, source_key!);
	if (begun.length > 0) await town.settle();
	for (const key of unfinished) progress.keep(key, { branches: [], ...progress.of(key), done: true });
}

/** A simulated catalogue stands on this machine, at another port with every start: the town gives its word for that one, as whoever runs a platform does. */
async function allowCatalogue(
	{ context }: Provisioner,
	library: Library,
	{ ils }: Pick<Catalogue, 'ils'>,
): Promise<void> {
	const by = 'the town';
	for (const { id, allowed_by } of await allowedNetworks(context, library))
		if (allowed_by === by) await endNetwork(context, library, id, by);
	const here = { cidr: '127.0.0.1/32', port: ils.port };
	await allowNetwork(context, library, here, { id: context.randomId(), by });
}

async function importSample(provisioner: Provisioner, keys: readonly string[]): Promise<void> {
	for (const file of sampleFiles()) {
		const { context, services } = provisioner;
		const wanted = { bytes: await wholeFile(file), only: keys, digest: null };
		const id = await askForImport(context, wanted, 'sample');
		services.goOnImporting();
		await services.imported();
		const operation = await services.operation(id);
		if (operation.state === 'failed') {
			const sentence = `${operation.problem?.title} The sample has the systems listed in packages/town/src/sample/SOURCE.md.`;
			throw new PublicError(500, 'sample', sentence);
		}
	}
}

async function openSome(town: SampleTown, id: string, key: string): Promise<void> {
	const { provisioner, bridge, catalogues, progress } = town;
	const found = (await provisioner.directory.running()).find(({ library }) => library.id === id);
	if (!found) return;
	const { library, branches } = found;
	const chosen = progress.of(key)?.branches ?? spread(branches.map(({ slug }) => slug));
	progress.keep(key, { branches: chosen, done: false });
	await nameCouncil(provisioner, library);
	const cards = catalogues.get(library.slug)!.deck.filter((patron) => patron.role === 'host');
	const hosted = new Set((await provisioner.directory.grants(id)).map((grant) => grant.branch));
	for (const [at, slug] of chosen.entries()) {
		const branch = branches.find((one) => one.slug === slug);
		const host = SAMPLE_HOSTS[at]!;
		if (!branch) continue;
		if (branch.door === null) {
			const door = { ...host.door, phone: branch.phone };
			const opening = { door, policies: ['conduct'], appeal_partner: host.appealPartner };
			await openBranch(provisioner.context, branch, opening);
			await provisioner.services.look([branch.id]);
		}
		if (hosted.has(branch.id)) continue;
		const place = { library, branch: branch.id, by: 'the sample' };
		const { token } = await invite(provisioner.context, place, { role: 'host', name: host.name });
		const { card, pin } = cards[at]!;
		await bridge.acceptInvitation({ library: library.slug, token, card, pin });
	}
}

/** Once: what people changed about it since stays. */
async function nameCouncil(
	{ context, services, directory }: Provisioner,
	library: Library,
): Promise<void> {
	if ((await directory.contacts(library.id)) > 0) return;
	for (const { district, ...member } of SAMPLE_COUNCIL) {
		const division = `ocd-division/country:us/state:${library.region.toLowerCase()}/${district}`;
		await writeContact(context, library, { ...member, body: 'Council', division }, 'sample');
	}
	await services.libraryChanged(library.id);
}

/** As many labels as there are hosts, spread over the list: the first ones would all begin with the same letters. */
function spread(slugs: readonly string[]): string[] {
	const step = Math.max(1, Math.floor(slugs.length / SAMPLE_HOSTS.length));
	return SAMPLE_HOSTS.flatMap((_host, at) => slugs[at * step] ?? []);
}
