import type { Stage } from '@understory/core/stage.ts';
import { isLive } from '@understory/core/stage.ts';
import { toCloth } from '@understory/design/cloth.ts';
import { libraryLinkedData } from '../data/linked-data.ts';
import type { Statement } from '../data/statement.ts';
import { branchMap } from './branch-map.ts';
import { addressInWords, contactLine, phoneInWords } from './contact-words.ts';
import { externalLine } from './external-page.ts';
import type { Reading } from './reading.ts';
import { statementLine } from './statement-words.ts';

/** Decisions that the first page names. */
export const RECENT = 5;

/** `/`: every branch of the library with its stage and how many decisions it published, by its id, and the newest decisions. */
export function homePage(
	reading: Reading,
	newest: readonly Statement[],
	decisions: ReadonlyMap<string, number>,
) {
	const { library, t } = reading;
	const { branches, contacts } = library.register;
	const { name } = library.register.library;
	return {
		title: t('home.title', { library: name }),
		linked: libraryLinkedData(library),
		heading: t('home.heading', { library: name }),
		lead: t('home.lead', { count: branches.length }),
		open: t('home.open_count', { count: branches.filter(({ stage }) => isLive(stage)).length }),
		branches: branches.map((branch) => {
			const { host } = new URL(branch.origin);
			return {
				spine: {
					cloth: toCloth(branch.cloth),
					code: branch.code,
					href: `/branches/${host}`,
					name: branch.name,
				},
				stage: stageCondition(reading, branch.stage),
				address: addressInWords(branch.address),
				phone: branch.phone && phoneInWords(branch.phone),
				decisions: decisions.get(branch.id) ?? 0,
			};
		}),
		map: branchMap(reading),
		external: (library.register.external ?? []).map((server) => externalLine(reading, server)),
		recent: newest.map((statement) => statementLine(reading, statement)),
		contacts: contacts
			.filter(({ branch }) => branch === null)
			.map((contact) => contactLine(reading, contact)),
	};
}

/** A stage as a word with a mark. */
export function stageCondition({ common }: Reading, stage: Stage): { kind: string; label: string } {
	const kind = stage === 'open' ? 'good' : isLive(stage) ? 'wait' : '';
	return { kind, label: common(`stage.${stage}`) };
}
