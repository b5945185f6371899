import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { type Scope, toScope } from '@understory/core/scope.ts';
import { ensureVoice, speak, unsay } from '../../services/voice.ts';
import { listPosts } from '../../store/posts.ts';
import { spokenBy } from '../../store/spoken.ts';
import { scopeChoices } from '../composer.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { postView } from '../post-view.ts';
import { field, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What the branch itself says: written by a host, signed by no person. */
export const VOICE_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/voice', need: 'host', run: look },
	{ method: 'post', path: '/staff/voice', need: 'host', run: say },
	{ method: 'post', path: '/staff/voice/:id/delete', need: 'host', run: takeBack },
];

const SHOWN = 30;

function look(web: Web, visit: Visit): void {
	showForm(web, visit, { text: '', scope: 'branch' }, NO_FAULTS);
}

async function say(web: Web, visit: Visit): Promise<void> {
	const text = field(visit, 'text');
	const scope = field(visit, 'scope');
	try {
		await speak(web.context, staffOf(visit), { text, scope, language: visit.language, replyTo: null });
	} catch (error) {
		showForm(web, visit, { text, scope: toScope(scope) }, faultViews(web, visit, error));
		return;
	}
	goTo(visit, '/staff/voice');
}

function takeBack(web: Web, visit: Visit): void {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	unsay(web.context, staffOf(visit), id);
	goTo(visit, '/staff/voice');
}

function showForm(
	web: Web,
	visit: Visit,
	form: { readonly text: string; readonly scope: Scope },
	faults: FaultViews,
): void {
	const { context, views } = web;
	const speaker = ensureVoice(context);
	const said = context.store.read((reading) => {
		const posts = listPosts(reading, { person: speaker.id, limit: SHOWN });
		return posts.map((post) => ({ post, staff: spokenBy(reading, post.id) }));
	});
	show(
		web,
		visit,
		'voice',
		{
			title: views.design.t(visit.language, 'events.voice.title'),
			sign: 'staff',
			status: faults.list.length > 0 ? 422 : 200,
			...(faults.list.length > 0 ? {} : { path: '/staff/voice' }),
		},
		{
			address: `@${speaker.handle}@${new URL(context.origin).host}`,
			form,
			faults,
			scopes: scopeChoices(web, visit, form.scope),
			said: said.map(({ post, staff }) => ({
				post: postView(web, visit, post),
				by: staff === null ? null : context.current.nameOf(staff),
				takeBack: `/staff/voice/${post.id}/delete`,
			})),
		},
	);
}
