import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { type DecisionRow, decisionById } from '../store/decisions.ts';
import { type Notice, noticeOf } from '../store/notices.ts';
import { part, personOf, type Visit } from './visit.ts';
import type { Web } from './web.ts';

/** A notice of somebody's own, and the decision that it tells of. */
export interface NoticeOfDecision {
	readonly notice: Notice;
	readonly decision: DecisionRow;
}

/** The notice of a decision that the path names, of whoever asks. Throws NotFound for anybody else's. */
export function noticeOfDecision(web: Web, visit: Visit): NoticeOfDecision {
	const id = parseId(part(visit, 'id'));
	const person = personOf(visit);
	return web.context.store.read((reading) => {
		const notice = id === null ? undefined : noticeOf(reading, person.id, id);
		const decision = notice?.decision == null ? undefined : decisionById(reading, notice.decision);
		if (!notice || !decision) throw new NotFound();
		return { notice, decision };
	});
}
