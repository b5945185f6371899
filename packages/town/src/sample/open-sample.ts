import { PublicError } from '@understory/core/errors.ts';
import type { Provisioner } from '@understory/provisioner/provisioner.ts';
import { openBranch } from '@understory/provisioner/services/branches.ts';
import { invite } from '@understory/provisioner/services/invitations.ts';
import type { SsoBridge } from '@understory/sso-bridge/sso-bridge.ts';
import { type Catalogue, startCatalogues } from '../catalogues.ts';
import { SAMPLE_HOSTS, sampleFiles } from './sample.ts';

interface SampleTown {
	readonly provisioner: Provisioner;
	readonly bridge: SsoBridge;
	readonly catalogues: Map<string, Catalogue>;
	settle(): Promise<void>;
}

/**
 * Brings the sample up: imports the systems that are not there yet, provisions their branches, opens three at each library with invented hosts,
 * who accept their invitations with their own demo cards. What an earlier start has done stays as it is.
 */
export async function openSample(town: SampleTown, keys: readonly string[]): Promise<void> {
	const { provisioner, catalogues } = town;
	const known = await provisioner.directory.bySource(keys);
	const missing = keys.filter((key) => !known.some((library) => library.source_key === key));
	if (missing.length > 0) await importSample(provisioner, missing);
	const libraries = await provisioner.directory.bySource(keys);
	await startCatalogues(
		libraries.map((library) => library.slug),
		catalogues,
	);
	const fresh = libraries.filter((library) => missing.includes(library.source_key ?? ''));
	for (const library of fresh) await provisioner.services.provisionLibrary(library, 'sample');
	await town.settle();
	for (const library of fresh) await openThree(town, library.slug);
	if (fresh.length > 0) await town.settle();
}

async function importSample(provisioner: Provisioner, keys: readonly string[]): Promise<void> {
	for (const file of sampleFiles()) {
		const id = await provisioner.services.startImport(file, keys, 'sample');
		const operation = await provisioner.services.operation(id);
		if (operation.state === 'failed') {
			const sentence = `${operation.problem?.title} The sample has the systems listed in packages/town/src/sample/SOURCE.md.`;
			throw new PublicError(500, 'sample', sentence);
		}
	}
}

async function openThree(town: SampleTown, slug: string): Promise<void> {
	const { provisioner, bridge, catalogues } = town;
	const found = (await provisioner.directory.running()).find(({ library }) => library.slug === slug);
	if (!found) return;
	const hosts = catalogues.get(slug)!.deck.filter((patron) => patron.role === 'host');
	// The first three by label would all begin with the same letters; the sample spreads them over the list.
	const step = Math.max(1, Math.floor(found.branches.length / SAMPLE_HOSTS.length));
	for (const [at, host] of SAMPLE_HOSTS.entries()) {
		const branch = found.branches[at * step];
		if (!branch) return;
		const door = { ...host.door, phone: branch.phone };
		await openBranch(provisioner.context, branch, { door, policies: ['conduct'], appeal_partner: host.appealPartner });
		await provisioner.services.look([branch.id]);
		const to = { library: found.library, branch: branch.id, role: 'host', name: host.name };
		const { token } = await invite(provisioner.context, to);
		await bridge.acceptInvitation({ library: slug, token, card: hosts[at]!.card, pin: hosts[at]!.pin });
	}
}
