import { decisionsToldTo } from '../../store/decisions.ts';
import { countUnread } from '../../store/notices.ts';
import { ladderView } from '../appeal-view.ts';
import { decisionView } from '../decision-view.ts';
import { doorView } from '../door.ts';
import { show } from '../frame.ts';
import { goTo, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What anybody who once had an account always reaches, card or no card (DESIGN section 2): this page says what that is. */
export const PORCH_ROUTES: readonly Route[] = [{ method: 'get', path: '/porch', need: 'porch', run: porch }];

/** So many decisions about somebody are looked at. */
const SHOWN = 20;

function porch(web: Web, visit: Visit): void {
	if (!visit.porch) {
		goTo(visit, '/home');
		return;
	}
	const person = personOf(visit);
	const { design } = web.views;
	show(
		web,
		visit,
		'porch',
		{ title: design.t(visit.language, 'porch.title'), sign: 'porch', path: '/porch' },
		{
			name: person.name,
			unread: web.context.store.read((reading) => countUnread(reading, person.id)),
			suspendedUntil: visit.porch.suspendedUntil,
			library: web.context.current.library().name,
			decisions: web.context.store
				.read((reading) => decisionsToldTo(reading, person.id, SHOWN))
				.map(({ decision, notice }) => ({
					href: `/notices/${notice}`,
					at: decision.created,
					rule: decisionView(web, visit, decision).rule.title,
					ladder: ladderView(web, visit, decision),
				}))
				.filter(({ ladder }) => ladder.next !== null || ladder.pending !== null),
			door: doorView(web, visit),
		},
	);
}
