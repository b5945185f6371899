import { NotFound } from '@understory/core/errors.ts';
import { somebodyBy } from '../../services/following.ts';
import { block, comeBack, hideServer, keptAway, mute } from '../../services/keeping-away.ts';
import type { Relation, RelationKind } from '../../store/relations.ts';
import { nameOf } from '../author-view.ts';
import { show } from '../frame.ts';
import { field, goTo, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Keeping away from people and servers, and coming back. */
export const RELATION_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/you/away', need: 'person', run: list },
	{ method: 'post', path: '/away', need: 'person', run: begin },
	{ method: 'post', path: '/away/end', need: 'person', run: end },
];

const KINDS = ['mute', 'block', 'hide'] as const satisfies readonly RelationKind[];

function list(web: Web, visit: Visit): void {
	const away = keptAway(web.context, personOf(visit));
	show(
		web,
		visit,
		'away',
		{ title: web.views.design.t(visit.language, 'people.away.title'), path: '/you/away' },
		{
			groups: KINDS.map((kind) => ({
				title: web.views.design.t(visit.language, `people.away.${kind}`),
				kind,
				rows: away.filter((one) => one.kind === kind).map((one) => rowOf(web, one)),
			})).filter(({ rows }) => rows.length > 0),
		},
	);
}

function rowOf(web: Web, { kind, object, until }: Relation) {
	return { object, kind, until, name: kind === 'hide' ? new URL(object).host : nameOf(web, object) };
}

function begin(web: Web, visit: Visit): void {
	const person = personOf(visit);
	const somebody = somebodyBy(web.context, field(visit, 'actor'));
	if (!somebody) throw new NotFound();
	const what = field(visit, 'do');
	if (what === 'mute') mute(web.context, person, somebody, Number(field(visit, 'days') || '0'));
	else if (what === 'block') block(web.context, person, somebody);
	else if (what === 'hide' && somebody.kind === 'elsewhere') {
		hideServer(web.context, person, somebody.remote.origin);
	} else throw new NotFound();
	goTo(visit, '/you/away');
}

function end(web: Web, visit: Visit): void {
	const kind = KINDS.find((one) => one === field(visit, 'kind'));
	if (!kind) throw new NotFound();
	comeBack(web.context, personOf(visit), kind, field(visit, 'object'));
	goTo(visit, '/you/away');
}
