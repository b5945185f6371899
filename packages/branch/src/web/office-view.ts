import type { QuorumOf } from '@understory/core/office.ts';
import { shownLabel } from '../services/office-labels.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** What an account is labelled as, in the words of this reader; null for nearly everybody. */
export function officeView(web: Web, language: string, person: number): string | null {
	const label = web.context.store.read((reading) => shownLabel(web.context, reading, person));
	if (!label) return null;
	const office = `${label.role}, ${label.body}`;
	return web.views.design.t(language, `people.office.shown.${label.kind}`, { office });
}

/** That a quorum takes part in a conversation, or would, in words. */
export function quorumWords(
	web: Web,
	visit: Visit,
	key: 'takes_part' | 'would',
	quorums: readonly QuorumOf[],
): string[] {
	return quorums.map(({ body, members, quorum, majority }) =>
		web.views.design.t(visit.language, `people.quorum.${key}.${majority ? 'majority' : 'quorum'}`, {
			...{ body, members, quorum },
		}),
	);
}
