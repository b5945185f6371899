import { actOf, ENDED } from '../services/hosting/acts.ts';
import type { Prepared } from '../services/hosting/deciding.ts';
import { beginningOf, matterFor } from '../services/hosting/settling.ts';
import { beganWords, consideredWords, headingOf, machineWords } from './decision-view.ts';
import { say } from './frame.ts';
import { inLanguage } from './routes/about.ts';
import { movedWords } from './space-view.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** What the author and the public will read, before anything is done (design README 1.7). */
export function previewOf(web: Web, visit: Visit, prepared: Prepared) {
	const said = { post: prepared.post?.id ?? null, person: prepared.author };
	const { source, detected } = web.context.store.read((reading) =>
		beginningOf(reading, matterFor(web.context, reading, said)),
	);
	const lasts = prepared.actions.some((action) => actOf(action)?.days);
	return {
		heading: headingOf(web, visit, prepared),
		rule: inLanguage(prepared.rule.title, visit),
		ruleId: prepared.rule.id,
		version: prepared.rule.version,
		facts: prepared.facts,
		done: prepared.actions
			.map((action) => web.views.design.t(visit.language, `hosting.act.${action}`))
			.join(' · '),
		moved: prepared.move && movedWords(web, visit, prepared.move),
		until: lasts ? prepared.until : null,
		considers:
			prepared.considers === null
				? null
				: consideredWords(web, visit, { days: prepared.considers, ends: prepared.considers === ENDED })
						.preview,
		// Noon, so that the date is the same in every zone.
		appealUntil: Date.parse(`${prepared.appealUntil}T12:00:00Z`),
		decidedOn: prepared.decidedOn,
		scope: say(web, visit, `decide.reach.${prepared.scope}`),
		began: beganWords(web, visit, source),
		machine: machineWords(web, visit, detected),
		branch: new URL(web.context.origin).host,
	};
}
