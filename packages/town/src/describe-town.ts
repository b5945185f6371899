import type { Provisioner } from '@understory/provisioner/provisioner.ts';
import type { Catalogue } from './catalogues.ts';
import type { DemoCard, TownFile } from './town-file.ts';

/** What `town.json` says now. `hosted` tells, by survey key, the branches that the invented hosts answer for, in the order of their cards. */
export async function describeTown(
	provisioner: Provisioner,
	about: {
		console: string;
		adminToken: string;
		catalogues: ReadonlyMap<string, Catalogue>;
		hosted(key: string): readonly string[];
	},
): Promise<TownFile> {
	const running = await provisioner.directory.running();
	return {
		ready: true,
		console: `${about.console}/`,
		api: `${about.console}/api/v1`,
		adminToken: about.adminToken,
		libraries: running.map(({ library, branches }) => {
			const hosted = library.source_key === null ? [] : about.hosted(library.source_key);
			return {
				slug: library.slug,
				name: library.name,
				signIn: library.card_origin,
				accountability: library.accountability_origin,
				demoCards: cardsOf(about.catalogues.get(library.slug), hosted),
				branches: branches
					.filter((branch) => branch.stage !== 'listed')
					.map(({ slug, name, origin, stage }) => ({ slug, name, url: origin, stage })),
			};
		}),
	};
}

function cardsOf(catalogue: Catalogue | undefined, hosted: readonly string[]): DemoCard[] {
	if (!catalogue) return [];
	const hosts = catalogue.deck.filter((patron) => patron.role === 'host');
	return catalogue.deck.map((patron) => ({
		card: patron.card,
		pin: patron.pin,
		state: patron.state,
		role: patron.role,
		branch: patron.role === 'host' ? (hosted[hosts.indexOf(patron)] ?? null) : null,
	}));
}
